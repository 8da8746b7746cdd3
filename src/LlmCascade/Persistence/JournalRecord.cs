using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LlmCascade.Persistence;

/// <summary>The bytes around a record of a journal.</summary>
/// <remarks>
/// The mark of the file, the length of the content, the content, and a checksum of all that, which says also where in the file
/// it stands: so a record is valid by itself, and only in its place.
/// </remarks>
internal static class JournalRecord
{
    public const int ChecksumLength = sizeof(ulong);

    /// <summary>The length of what stands before the content.</summary>
    public const int StartLength = sizeof(ulong) + sizeof(int);

    /// <summary>The most bytes that the content of a record can have.</summary>
    public const int LongestContent = 1 << 24;

    /// <summary>The first eight bytes of the SHA-256.</summary>
    public static ulong ChecksumOf(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>The checksum of a record at a place.</summary>
    public static ulong ChecksumOf(ReadOnlySpan<byte> bytes, long position) => ChecksumOf(bytes) ^ (ulong)position;

    public static ulong MarkOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
