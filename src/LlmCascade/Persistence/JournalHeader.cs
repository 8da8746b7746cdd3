using System.Buffers.Binary;
using System.Text;

namespace LlmCascade.Persistence;

/// <summary>The beginning of a journal.</summary>
/// <remarks>
/// Little-endian: eight bytes that mark the file, the version of the format, the id, the length of the kind and the kind, the
/// length of the content and the content, a checksum of all that.
/// </remarks>
/// <param name="Id">Another one in every file. Its first half stands before each record, so that no record's content can look like one.</param>
/// <param name="Kind">What the journal is about: a stable name.</param>
/// <param name="Content">What its owner wants to know before the first record.</param>
internal sealed record JournalHeader(Guid Id, string Kind, ReadOnlyMemory<byte> Content)
{
    /// <summary>The version of the format. Files of every version that was released stay readable.</summary>
    public const int Version = 1;

    private const int FixedLength = 8 + (2 * sizeof(int)) + 16;
    private const int LongestPart = 1 << 20;

    private static ReadOnlySpan<byte> Mark => "LlmJrnl\n"u8;

    public byte[] Pack()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(Mark);
        writer.Write(Version);
        writer.Write(Id.ToByteArray());
        WritePart(Encoding.UTF8.GetBytes(Kind));
        WritePart(Content.Span);
        writer.Write(JournalRecord.ChecksumOf(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        return stream.ToArray();

        void WritePart(ReadOnlySpan<byte> part)
        {
            writer.Write(part.Length);
            writer.Write(part);
        }
    }

    /// <summary>Reads the header of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="kind">The kind that the journal is to have.</param>
    /// <returns>The header, and where the records begin.</returns>
    /// <exception cref="InvalidDataException">The file has none, or it is damaged; the message completes "The journal …".</exception>
    public static (JournalHeader Header, long End) Read(JournalFile file, string kind)
    {
        var start = file.Read(0, FixedLength);
        if (!start.StartsWith(Mark))
        {
            throw new InvalidDataException("is no journal of LlmCascade");
        }

        if (start.Length < FixedLength)
        {
            throw new InvalidDataException("is cut within its header");
        }

        var version = BinaryPrimitives.ReadInt32LittleEndian(start[8..]);
        if (version != Version)
        {
            throw new InvalidDataException($"has the format {version}, and this version of LlmCascade reads {Version}");
        }

        var id = new Guid(start.Slice(12, 16));
        var kindLength = LengthAt(file, FixedLength - sizeof(int));
        var contentLength = LengthAt(file, FixedLength + kindLength);
        var end = FixedLength + kindLength + sizeof(int) + contentLength;
        var whole = file.Read(0, end + JournalRecord.ChecksumLength);
        if (whole.Length < end + JournalRecord.ChecksumLength || JournalRecord.ChecksumOf(whole[..end]) != BinaryPrimitives.ReadUInt64LittleEndian(whole[end..]))
        {
            throw new InvalidDataException("has a damaged header: its checksum does not fit");
        }

        var found = Encoding.UTF8.GetString(whole.Slice(FixedLength, kindLength));
        return found == kind
            ? (new JournalHeader(id, kind, whole[(end - contentLength)..end].ToArray()), end + JournalRecord.ChecksumLength)
            : throw new InvalidDataException($"is one of kind '{found}', where one of kind '{kind}' is expected");
    }

    private static int LengthAt(JournalFile file, long position)
    {
        var bytes = file.Read(position, sizeof(int));
        return bytes.Length == sizeof(int) && BinaryPrimitives.ReadInt32LittleEndian(bytes) is >= 0 and <= LongestPart and var length
            ? length
            : throw new InvalidDataException("has a damaged header: its parts have no sensible length");
    }
}
