using System.Text;

namespace LlmCascade.Agreement.Measures;

/// <summary>Cuts texts into terms: lower-cased words, or pieces of so many characters.</summary>
internal static class TextTerms
{
    private const ulong Prime = 0x9E3779B97F4A7C15;

    // A character has 21 bits, so that this many fit into a key.
    private const int CharacterBits = 21;
    private const int MostPacked = 3;

    /// <summary>Adds a text's words, each by a hash.</summary>
    public static void AddWords(ReadOnlySpan<char> text, TermSequences terms)
    {
        var reader = new WordReader(text);
        while (reader.MoveNext())
        {
            terms.Add(KeyOf(reader.Word));
        }
    }

    /// <summary>Adds a text's pieces of so many characters. A run of white space is one blank; a shorter text is one piece.</summary>
    public static void AddPieces(ReadOnlySpan<char> text, int length, TermSequences terms)
    {
        Span<int> last = stackalloc int[length];
        var mask = (1UL << (CharacterBits * Math.Min(length, MostPacked))) - 1;
        var (count, packed, isApart) = (0, 0UL, false);
        for (var i = 0; i < text.Length; i++)
        {
            int character;
            if (char.IsWhiteSpace(text[i]))
            {
                isApart = count > 0;
                continue;
            }

            if (isApart)
            {
                (character, isApart) = (' ', false);
                i--;
            }
            else
            {
                character = Fold(text, ref i);
            }

            // So few characters are their own key; of more there is a hash.
            count++;
            if (length <= MostPacked)
            {
                packed = ((packed << CharacterBits) | (uint)character) & mask;
                if (count >= length)
                {
                    terms.Add(packed);
                }
            }
            else
            {
                Append(character, count, last);
                if (count >= length)
                {
                    terms.Add(HashOf(last));
                }
            }
        }

        if (count > 0 && count < length)
        {
            terms.Add(length <= MostPacked ? packed : HashOf(last[..count]));
        }
    }

    private static void Append(int character, int count, Span<int> last)
    {
        if (count > last.Length)
        {
            last[1..].CopyTo(last);
        }

        last[Math.Min(count, last.Length) - 1] = character;
    }

    // Whatever is no proper character counts as the one that stands for such.
    private static int Fold(ReadOnlySpan<char> text, ref int place)
    {
        var character = text[place];
        if (char.IsAscii(character))
        {
            return char.IsAsciiLetterUpper(character) ? character | 0x20 : character;
        }

        if (!char.IsSurrogate(character))
        {
            return char.ToLowerInvariant(character);
        }

        Rune.DecodeFromUtf16(text[place..], out var rune, out var used);
        place += used - 1;
        return Rune.ToLowerInvariant(rune).Value;
    }

    private static ulong KeyOf(ReadOnlySpan<char> word)
    {
        var state = (ulong)word.Length;
        for (var i = 0; i < word.Length; i++)
        {
            state = (state ^ (uint)Fold(word, ref i)) * Prime;
            state ^= state >> 32;
        }

        return state;
    }

    private static ulong HashOf(ReadOnlySpan<int> characters)
    {
        var state = (ulong)characters.Length;
        foreach (var character in characters)
        {
            state = (state ^ (uint)character) * Prime;
            state ^= state >> 32;
        }

        return state;
    }
}
