using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LlmCascade.Strategies;

/// <summary>Says what was deleted, without saying what it was: by keyed hashes (HMAC-SHA256) of what it is known by.</summary>
/// <param name="Key">The key.</param>
/// <param name="Id">The hash of the id; 0 where every id is meant.</param>
/// <param name="Scope">The hash of the scope; 0 where every scope is meant.</param>
/// <param name="Producer">The hash of the producer; 0 where every producer is meant.</param>
/// <param name="Until">Until when strategies were made that are meant.</param>
internal readonly record struct Tombstone(UInt128 Key, UInt128 Id, UInt128 Scope, UInt128 Producer, DateTimeOffset Until)
{
    /// <summary>Deletes a strategy for ever, whoever makes it again.</summary>
    public static Tombstone Of(UInt128 key, string id) => new(key, Hash(key, id), 0, 0, DateTimeOffset.MaxValue);

    /// <summary>Deletes what a filter means: one with an id for ever, any other one as far as it was made until now.</summary>
    public static Tombstone Of(UInt128 key, StrategyFilter filter, DateTimeOffset now) => new(
        key,
        Hash(key, filter.Id),
        Hash(key, filter.Scope),
        Hash(key, filter.Producer),
        filter.Id is null ? now : DateTimeOffset.MaxValue);

    public static UInt128 Hash(UInt128 key, string? text)
    {
        if (text is null)
        {
            return 0;
        }

        Span<byte> keyBytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(keyBytes, key);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(keyBytes, Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
