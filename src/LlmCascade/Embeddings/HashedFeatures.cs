using System.Buffers;
using System.Globalization;

namespace LlmCascade.Embeddings;

/// <summary>Turns a text into the distinct hashed indices of its words, pairs of neighbouring words and, in a short text, pieces of words.</summary>
/// <remarks>
/// A word is a run of letters, digits, marks and surrogates, with apostrophes inside; any other character that is not white
/// space is a word by itself. Case is folded, character by character. The same text has the same indices in the same order
/// on every machine and in every version, because the hash is this class's own; but for characters beyond ASCII, what is a
/// letter and how it is folded follows the Unicode tables of the runtime, which a later one may extend.
/// </remarks>
internal sealed class HashedFeatures
{
    public const int ShortestPiece = 3;
    public const int LongestPiece = 5;

    /// <summary>How many characters a text may have whose pieces of words count. A longer one says enough by its words.</summary>
    public const int LongestTextInPieces = 300;

    private const ulong Prime = 0x9E3779B97F4A7C15;
    private const char Edge = ' ';

    private readonly ulong _wordSeed;
    private readonly ulong _pairSeed;
    private readonly ulong _pieceSeed;
    private readonly int _shift;

    /// <param name="bits">The dimension, as a power of two: 10 to 24.</param>
    /// <param name="characterNGrams">Whether pieces of words count in short texts, three to five characters long, edges included.</param>
    /// <param name="seed">Chooses the hash.</param>
    public HashedFeatures(int bits, bool characterNGrams, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 10);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 24);
        Bits = bits;
        CharacterNGrams = characterNGrams;
        Seed = seed;
        _shift = 64 - bits;
        _wordSeed = Mix(seed + 1);
        _pairSeed = Mix(seed + 2);
        _pieceSeed = Mix(seed + 3);
    }

    public int Bits { get; }

    public bool CharacterNGrams { get; }

    public ulong Seed { get; }

    public int Dimension => 1 << Bits;

    /// <summary>Finds the features of a text.</summary>
    /// <param name="text">Any text, also an empty one.</param>
    /// <returns>The distinct indices in the order of their first occurrence, in rented memory.</returns>
    public FeatureList Extract(ReadOnlySpan<char> text)
    {
        var isInPieces = CharacterNGrams && text.Length <= LongestTextInPieces;
        var features = new FeatureList(isInPieces ? 3 * text.Length : text.Length / 2);
        var before = 0UL;
        for (var start = 0; start < text.Length;)
        {
            var end = EndOfWord(text, start);
            if (end == start)
            {
                start++;
                continue;
            }

            var word = AddWord(text[start..end], isInPieces, ref features);
            if (before != 0)
            {
                features.Add(Index(Mix((before ^ _pairSeed) * Prime) ^ word));
            }

            before = word;
            start = end;
        }

        return features;
    }

    // White space is no word and ends where it starts.
    private static int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        if (!IsInWord(text[start]))
        {
            return char.IsWhiteSpace(text[start]) || char.IsControl(text[start]) ? start : start + 1;
        }

        var end = start + 1;
        while (end < text.Length && (IsInWord(text[end]) || (IsApostrophe(text[end]) && end + 1 < text.Length && IsInWord(text[end + 1]))))
        {
            end++;
        }

        return end;
    }

    private static bool IsInWord(char character) =>
        char.IsAscii(character)
            ? char.IsAsciiLetterOrDigit(character)
            : char.IsLetterOrDigit(character) || char.IsSurrogate(character) || IsMark(character);

    private static bool IsMark(char character) =>
        char.GetUnicodeCategory(character) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    private static bool IsApostrophe(char character) => character is '\'' or '’';

    private static char Fold(char character) =>
        char.IsAscii(character)
            ? char.IsAsciiLetterUpper(character) ? (char)(character | 0x20) : character
            : IsApostrophe(character) ? '\'' : char.ToLowerInvariant(character);

    private static ulong Step(ulong state, char character) => (state ^ character) * Prime;

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private ulong AddWord(ReadOnlySpan<char> word, bool isInPieces, ref FeatureList features)
    {
        char[]? rented = null;
        var length = word.Length + 2;
        var folded = length <= 64 ? stackalloc char[64] : (rented = ArrayPool<char>.Shared.Rent(length));
        folded = folded[..length];
        folded[0] = folded[^1] = Edge;
        var state = _wordSeed;
        for (var i = 0; i < word.Length; i++)
        {
            folded[i + 1] = Fold(word[i]);
            state = Step(state, folded[i + 1]);
        }

        var hash = Mix(state);
        features.Add(Index(hash));
        if (isInPieces)
        {
            AddPieces(folded, ref features);
        }

        if (rented is not null)
        {
            ArrayPool<char>.Shared.Return(rented);
        }

        return hash | 1;
    }

    private void AddPieces(scoped ReadOnlySpan<char> folded, ref FeatureList features)
    {
        for (var start = 0; start + ShortestPiece <= folded.Length; start++)
        {
            var piece = folded.Slice(start, Math.Min(LongestPiece, folded.Length - start));
            var state = _pieceSeed;
            for (var i = 0; i < piece.Length; i++)
            {
                state = Step(state, piece[i]);
                if (i + 1 >= ShortestPiece)
                {
                    features.Add(Index(state));
                }
            }
        }
    }

    private int Index(ulong hash) => (int)(Mix(hash) >> _shift);
}
