using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.ML.Tokenizers;

namespace LlmCascade.Encoders;

/// <summary>Cleans a text as BERT's tokenizer does: control characters go, white space becomes blanks, ideographs stand alone, and where case does not count, neither do accents.</summary>
/// <param name="foldsCase">Whether case does not count.</param>
/// <param name="stripsAccents">Whether accents do not count.</param>
/// <param name="splitsIdeographs">Whether each ideograph is a word.</param>
internal sealed class BertNormalizer(bool foldsCase, bool stripsAccents, bool splitsIdeographs) : Normalizer
{
    private const int Replacement = 0xFFFD;

    /// <summary>Makes the one that a model's <c>tokenizer_config.json</c> asks for.</summary>
    public static BertNormalizer Of(JsonElement settings)
    {
        var foldsCase = settings.Flag("do_lower_case") ?? true;
        return new BertNormalizer(foldsCase, settings.Flag("strip_accents") ?? foldsCase, settings.Flag("tokenize_chinese_chars") ?? true);
    }

    public override string Normalize(string original) => Normalize(original.AsSpan());

    public override string Normalize(ReadOnlySpan<char> original)
    {
        var cleaned = Clean(original);
        if (!foldsCase && !stripsAccents)
        {
            return cleaned.ToString();
        }

        var whole = cleaned.ToString();
        cleaned.Clear();
        foreach (var rune in (stripsAccents ? whole.Normalize(NormalizationForm.FormD) : whole).EnumerateRunes())
        {
            if (!stripsAccents || Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark)
            {
                Append(cleaned, foldsCase ? Rune.ToLowerInvariant(rune) : rune);
            }
        }

        return cleaned.ToString();
    }

    private StringBuilder Clean(ReadOnlySpan<char> text)
    {
        var cleaned = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsWhiteSpace(rune))
            {
                cleaned.Append(' ');
            }
            else if (splitsIdeographs && IsIdeograph(rune.Value))
            {
                cleaned.Append(' ');
                Append(cleaned, rune);
                cleaned.Append(' ');
            }
            else if (rune.Value != Replacement && !IsOther(rune))
            {
                Append(cleaned, rune);
            }
        }

        return cleaned;
    }

    private static void Append(StringBuilder text, Rune rune)
    {
        Span<char> characters = stackalloc char[2];
        text.Append(characters[..rune.EncodeToUtf16(characters)]);
    }

    private static bool IsOther(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    // The blocks that BERT's own code lists: neither kana nor hangul.
    private static bool IsIdeograph(int value) => value is
        (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B73F) or (>= 0x2B740 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0x2F800 and <= 0x2FA1F);
}
