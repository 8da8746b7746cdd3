using System.Buffers;
using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace LlmCascade.Persistence;

/// <summary>Appends records to a journal.</summary>
internal sealed class JournalWriter : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly ulong _mark;
    private readonly ArrayBufferWriter<byte> _pending = new();
    private ulong _checksum;
    private bool _isBroken;

    private JournalWriter(SafeFileHandle handle, Guid id, long length, ulong checksum)
    {
        _handle = handle;
        _mark = JournalRecord.MarkOf(id);
        Length = length;
        LastChecksum = _checksum = checksum;
    }

    /// <summary>Gets the length of what has been committed.</summary>
    public long Length { get; private set; }

    /// <summary>Gets the checksum at the end of what has been committed.</summary>
    public ulong LastChecksum { get; private set; }

    /// <summary>Gets how many bytes wait to be committed.</summary>
    public int Pending => _pending.WrittenCount;

    /// <summary>Begins a file, in place of one that is there.</summary>
    public static JournalWriter Create(string path, JournalHeader header)
    {
        var bytes = header.Pack();
        var handle = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.Read | FileShare.Delete);
        RandomAccess.Write(handle, bytes, 0);
        return new JournalWriter(handle, header.Id, bytes.Length, BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(^JournalRecord.ChecksumLength..)));
    }

    /// <summary>Goes on with a file, behind the last whole record; what stands behind that is cut off.</summary>
    public static JournalWriter Continue(string path, Guid id, long length, ulong checksum)
    {
        var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Write, FileShare.Read | FileShare.Delete);
        if (RandomAccess.GetLength(handle) > length)
        {
            RandomAccess.SetLength(handle, length);
        }

        return new JournalWriter(handle, id, length, checksum);
    }

    /// <summary>Adds a record to what is committed next.</summary>
    public void Add(ReadOnlySpan<byte> content)
    {
        if (content.Length > JournalRecord.LongestContent)
        {
            throw new ArgumentException($"A record of {content.Length} bytes is longer than {JournalRecord.LongestContent}.", nameof(content));
        }

        var summed = JournalRecord.StartLength + content.Length;
        var bytes = _pending.GetSpan(summed + JournalRecord.ChecksumLength)[..(summed + JournalRecord.ChecksumLength)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, _mark);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[sizeof(ulong)..], content.Length);
        content.CopyTo(bytes[JournalRecord.StartLength..]);
        _checksum = JournalRecord.ChecksumOf(bytes[..summed], Length + _pending.WrittenCount);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[summed..], _checksum);
        _pending.Advance(bytes.Length);
    }

    /// <summary>Writes what was added: afterwards it is there even if the process is killed, and with a flush even if the power fails.</summary>
    /// <exception cref="IOException">It could not be written. The file is as it was, or nothing more can be written to it.</exception>
    public void Commit(bool flushToDisk)
    {
        try
        {
            if (_isBroken)
            {
                throw new IOException("An earlier write failed, and could not be taken back.");
            }

            RandomAccess.Write(_handle, _pending.WrittenSpan, Length);
            if (flushToDisk)
            {
                RandomAccess.FlushToDisk(_handle);
            }
        }
        catch (ArgumentOutOfRangeException e)
        {
            TakeBack();
            throw new IOException("The file would become larger than it may.", e);
        }
        catch
        {
            TakeBack();
            throw;
        }

        Length += _pending.WrittenCount;
        LastChecksum = _checksum;
        _pending.ResetWrittenCount();
    }

    public void FlushToDisk() => RandomAccess.FlushToDisk(_handle);

    public void Dispose() => _handle.Dispose();

    private void TakeBack()
    {
        _pending.ResetWrittenCount();
        _checksum = LastChecksum;
        try
        {
            RandomAccess.SetLength(_handle, Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            _isBroken = true;
        }
    }
}
