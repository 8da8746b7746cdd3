using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LlmCascade;

/// <summary>Makes the ids of strategies.</summary>
internal static class StrategyId
{
    private const int Bytes = 16;

    public static string Of(string scope, string query, string text)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, scope);
        Append(hash, query);
        Append(hash, text);
        Span<byte> whole = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(whole);
        return Convert.ToHexStringLower(whole[..Bytes]);
    }

    // With its length before it, so that moving a character from one part to the next makes another id.
    private static void Append(IncrementalHash hash, string part)
    {
        var bytes = Encoding.UTF8.GetBytes(part);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
