using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LlmCascade.Persistence;

/// <summary>The bytes of a checkpoint.</summary>
/// <remarks>
/// Little-endian: eight bytes that mark the file, the version of this format and the number of parts; for each part its
/// name, kind, version, length and bytes; at the end the SHA-256 of everything before. Names are UTF-8 behind their
/// length in two bytes. Nothing is parsed before the checksum holds.
/// </remarks>
internal static class CheckpointFormat
{
    /// <summary>The version of this format. Files of every version that was released stay readable.</summary>
    public const int Version = 1;

    private const int LongestName = 200;
    private const int ChecksumLength = SHA256.HashSizeInBytes;

    private static ReadOnlySpan<byte> Mark => "LlmCasc\n"u8;

    /// <summary>Writes all parts, as they are at the moment, into memory.</summary>
    public static ArraySegment<byte> Pack(IReadOnlyCollection<KeyValuePair<string, ICheckpointed>> parts)
    {
        var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Mark);
        writer.Write(Version);
        writer.Write(parts.Count);
        foreach (var (name, state) in parts)
        {
            WriteName(writer, name);
            WriteName(writer, state.Kind);
            writer.Write(state.Version);
            WriteState(writer, stream, state);
        }

        writer.Write(SHA256.HashData(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
        writer.Flush();
        return new ArraySegment<byte>(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>Takes a file apart.</summary>
    /// <exception cref="InvalidDataException">The bytes are no undamaged checkpoint; the message completes "The checkpoint …".</exception>
    public static List<CheckpointPart> Unpack(ArraySegment<byte> file)
    {
        if (!file.AsSpan().StartsWith(Mark))
        {
            throw new InvalidDataException("is no checkpoint of LlmCascade");
        }

        var content = file[..Math.Max(file.Count - ChecksumLength, Mark.Length)];
        if (!file[content.Count..].AsSpan().SequenceEqual(SHA256.HashData(content)))
        {
            throw new InvalidDataException("is damaged: its checksum does not fit its content");
        }

        var rest = content[Mark.Length..];
        var version = ReadInt32(ref rest);
        if (version != Version)
        {
            throw new InvalidDataException($"has the format {version}, and this version of LlmCascade reads {Version}");
        }

        var count = ReadInt32(ref rest);
        List<CheckpointPart> parts = [];
        for (var i = 0; i < count; i++)
        {
            var part = new CheckpointPart(
                ReadName(ref rest), ReadName(ref rest), ReadInt32(ref rest), Take(ref rest, ReadInt32(ref rest)));
            if (parts.Exists(other => other.Name == part.Name))
            {
                throw new InvalidDataException($"holds the part '{part.Name}' twice");
            }

            parts.Add(part);
        }

        return rest.Count == 0 ? parts : throw new InvalidDataException($"has {rest.Count} bytes more than its parts");
    }

    // The length is known afterwards, and stands before the bytes.
    private static void WriteState(BinaryWriter writer, MemoryStream stream, ICheckpointed state)
    {
        writer.Write(0);
        var start = (int)stream.Position;
        using (var own = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
        {
            state.Write(own);
        }

        BinaryPrimitives.WriteInt32LittleEndian(stream.GetBuffer().AsSpan(start - sizeof(int)), (int)stream.Position - start);
    }

    private static void WriteName(BinaryWriter writer, string name)
    {
        if (name is not { Length: > 0 and <= LongestName })
        {
            throw new ArgumentException($"The names and kinds of parts have 1 to {LongestName} characters; '{name}' has {name?.Length ?? 0}.");
        }

        var bytes = Encoding.UTF8.GetBytes(name);
        writer.Write((ushort)bytes.Length);
        writer.Write(bytes);
    }

    private static string ReadName(ref ArraySegment<byte> rest) =>
        Encoding.UTF8.GetString(Take(ref rest, BinaryPrimitives.ReadUInt16LittleEndian(Take(ref rest, sizeof(ushort)))));

    private static int ReadInt32(ref ArraySegment<byte> rest) =>
        BinaryPrimitives.ReadInt32LittleEndian(Take(ref rest, sizeof(int)));

    // A length is only believed as far as there are bytes, so that none makes the reader allocate.
    private static ArraySegment<byte> Take(ref ArraySegment<byte> rest, int length)
    {
        if (length < 0 || length > rest.Count)
        {
            throw new InvalidDataException($"says that {length} bytes follow where it has {rest.Count}");
        }

        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }
}
