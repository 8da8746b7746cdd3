using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace LlmCascade.Chat;

/// <summary>Cuts labels and replies into the words that they are compared by, and knows which words deny.</summary>
internal static class LabelWords
{
    private static readonly FrozenSet<string> _denials = new[]
    {
        "not", "no", "non", "never", "neither", "nor", "none", "nothing", "cannot", "without", "unable", "hardly", "anything",
        "opposite", "wrong", "incorrect", "refuse", "refuses", "refused", "decline", "declined", "isnt", "wasnt", "arent", "doesnt", "dont", "didnt", "cant", "false", "null", "0",
        "nicht", "kein", "keine", "keinen", "keinem", "keiner", "nie", "weder", "nein",
        "ne", "pas", "ni", "jamais", "aucun", "aucune", "sans", "nunca", "tampoco", "sin", "não", "nem", "sem", "né", "mai", "senza",
        "niet", "geen", "inte", "ikke", "не", "нет", "ни", "без", "değil", "ليس", "ليست", "غير", "لا", "لم",
        "❌", "✖", "✗", "✘", "🚫",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> _denyingCharacters = SearchValues.Create("不没沒非未无無");

    private static readonly SearchValues<char> _numberJoints = SearchValues.Create(".,:/-\u2013\u2044");

    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    /// <summary>Finds whether a word says that what stands beside it is not so.</summary>
    public static bool Denies(string word) =>
        _denials.Contains(word)
        || word.EndsWith("n't", StringComparison.OrdinalIgnoreCase)
        || word.AsSpan().ContainsAny(_denyingCharacters);

    /// <summary>Cuts a text into its words.</summary>
    /// <remarks>
    /// A word is a run of letters, marks and digits with the apostrophes inside it, or a number with its sign and all
    /// its parts, or one symbol, such as an emoji. What cannot be seen does not count.
    /// </remarks>
    public static List<LabelWord> Of(string text)
    {
        text = Simplify(text);
        List<Range> places = [];
        var start = -1;
        for (var i = 0; i < text.Length;)
        {
            var rune = Rune.GetRuneAt(text, i);
            var isSymbol = Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherSymbol;
            var isPart = !isSymbol && IsPart(text, i, rune, isInside: start >= 0);
            if (isPart && start < 0)
            {
                start = i;
            }
            else if (!isPart && start >= 0)
            {
                places.Add(start..i);
                start = -1;
            }

            i += rune.Utf16SequenceLength;
            if (isSymbol)
            {
                places.Add((i - rune.Utf16SequenceLength)..i);
            }
        }

        if (start >= 0)
        {
            places.Add(start..text.Length);
        }

        return [.. places.Select((place, i) => new LabelWord(
            text[place], i + 1 < places.Count ? text[place.End..places[i + 1].Start] : text[place.End..].TrimEnd()))];
    }

    // Invisible characters go, wide letters become ordinary ones, and each accented letter is written in one way.
    private static string Simplify(string text)
    {
        var simple = new StringBuilder(text.Length);

        // A reply may be cut in the middle of a character; what is left of it becomes a symbol.
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.EnclosingMark
                || rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF))
            {
                continue;
            }

            _ = rune.Value switch
            {
                >= 0xFF01 and <= 0xFF5E => simple.Append((char)(rune.Value - 0xFEE0)),
                '`' or '\u00B4' or '\u02BC' or '\u2018' or '\u2019' or '\u2032' => simple.Append('\''),
                '\u2212' => simple.Append('-'),
                _ => simple.Append(rune.ToString()),
            };
        }

        return simple.ToString().Normalize(NormalizationForm.FormC);
    }

    private static bool IsPart(string text, int index, Rune rune, bool isInside)
    {
        if (Rune.IsLetter(rune) || Rune.IsNumber(rune))
        {
            return true;
        }

        if (!isInside)
        {
            return rune.Value == '-' && IsDigitAt(text, index + 1);
        }

        return Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            || (rune.Value == '\'' && index + 1 < text.Length && char.IsLetter(text[index + 1]))
            || (_numberJoints.Contains(text[index]) && IsDigitAt(text, index - 1) && IsDigitAt(text, index + 1));
    }

    private static bool IsDigitAt(string text, int index) => index < text.Length && char.IsDigit(text[index]);
}
