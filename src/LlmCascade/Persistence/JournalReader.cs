using System.Buffers.Binary;

namespace LlmCascade.Persistence;

/// <summary>Reads the records of a journal one after the other, also while somebody else appends to it.</summary>
/// <remarks>
/// What stands at the end and is no whole record is being written, or was when the writer was killed: reading ends before it.
/// If whole records follow it, the file is damaged.
/// </remarks>
internal sealed class JournalReader : IDisposable
{
    private readonly string _path;
    private readonly JournalFile _file;
    private readonly ulong _mark;

    /// <summary>Opens a journal.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="kind">The kind that it is to have.</param>
    /// <exception cref="JournalException">There is no such file, or it is none, or it is damaged.</exception>
    public JournalReader(string path, string kind)
    {
        _path = path;
        try
        {
            _file = new JournalFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new JournalException(path, $"cannot be read: {e.Message.TrimEnd('.')}", "Name an existing one that the application may read.", e);
        }

        try
        {
            (Header, Position) = JournalHeader.Read(_file, kind);
        }
        catch (InvalidDataException e)
        {
            _file.Dispose();
            throw Damaged(e.Message, e);
        }

        _mark = JournalRecord.MarkOf(Header.Id);
    }

    public JournalHeader Header { get; }

    /// <summary>Gets or sets where the next record begins: where one ended.</summary>
    public long Position { get; set; }

    public long Length => _file.Length;

    /// <summary>Gets the checksum of what was read last.</summary>
    public ulong LastChecksum => BinaryPrimitives.ReadUInt64LittleEndian(_file.Read(Position - JournalRecord.ChecksumLength, JournalRecord.ChecksumLength));

    /// <summary>Reads the next record.</summary>
    /// <param name="content">Gets its content, which stays as it is until the next call.</param>
    /// <returns><see langword="false"/> at the end.</returns>
    /// <exception cref="JournalException">The file is damaged.</exception>
    public bool TryRead(out ReadOnlySpan<byte> content)
    {
        if (!TryReadAt(Position, out content))
        {
            if (Position >= Length || FindRecordAfter(Position) is not { } next)
            {
                return false;
            }

            // Who wrote behind it has written it meanwhile, if it is not damaged.
            _file.Forget();
            if (!TryReadAt(Position, out content))
            {
                throw Damaged($"is damaged: what stands at byte {Position} is no record, and whole ones follow from byte {next} on");
            }
        }

        Position += JournalRecord.StartLength + content.Length + JournalRecord.ChecksumLength;
        return true;
    }

    /// <summary>Says that the content of a record makes no sense.</summary>
    public JournalException Damaged(string problem, Exception? cause = null) => new(_path, problem, "Restore it from a copy, or move it away to begin anew.", cause);

    public void Dispose() => _file.Dispose();

    private bool TryReadAt(long position, out ReadOnlySpan<byte> content)
    {
        content = default;
        var start = _file.Read(position, JournalRecord.StartLength);
        if (start.Length < JournalRecord.StartLength
            || BinaryPrimitives.ReadUInt64LittleEndian(start) != _mark
            || BinaryPrimitives.ReadInt32LittleEndian(start[sizeof(ulong)..]) is not (>= 0 and <= JournalRecord.LongestContent and var length))
        {
            return false;
        }

        var summed = JournalRecord.StartLength + length;
        var whole = _file.Read(position, summed + JournalRecord.ChecksumLength);
        if (whole.Length < summed + JournalRecord.ChecksumLength
            || JournalRecord.ChecksumOf(whole[..summed], position) != BinaryPrimitives.ReadUInt64LittleEndian(whole[summed..]))
        {
            return false;
        }

        content = whole[JournalRecord.StartLength..summed];
        return true;
    }

    private long? FindRecordAfter(long position)
    {
        const int Window = 1 << 16;
        Span<byte> mark = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(mark, _mark);
        for (position++; ; position++)
        {
            var window = _file.Read(position, Window);
            var found = window.IndexOf(mark);
            if (found < 0)
            {
                if (window.Length < Window)
                {
                    return null;
                }

                // The mark may begin in this window and end in the next one.
                position += Window - mark.Length;
                continue;
            }

            position += found;
            if (TryReadAt(position, out _))
            {
                return position;
            }
        }
    }
}
