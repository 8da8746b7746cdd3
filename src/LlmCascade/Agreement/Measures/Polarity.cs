namespace LlmCascade.Agreement.Measures;

/// <summary>Whether one of two answers denies what the other says.</summary>
internal static class Polarity
{
    private const int MostWords = 40;
    private const double SameWords = 0.8;

    // What counts in all languages at once must be no word of another.
    private static readonly string[] _yes = ["yes", "yeah", "yep", "yup", "ja", "jawohl", "oui", "sí", "sì", "是的", "对的", "はい", "ええ"];
    private static readonly string[] _no = ["no", "nope", "nein", "non", "不是", "不对", "いいえ", "いえ"];

    // These begin other sentences, too, and count where nothing follows but punctuation.
    private static readonly string[] _yesAlone = ["是", "对", "si", "true", "correct"];
    private static readonly string[] _noAlone = ["不", "否", "没有", "false", "incorrect"];
    private static readonly string[] _pronouns = ["it", "they", "he", "she", "i", "you", "we", "there", "this", "that", "not"];

    /// <summary>Tells whether one answer begins with yes and the other with no.</summary>
    public static bool AreYesAndNo(AnswerText first, AnswerText second) => Of(first) * Of(second) < 0;

    /// <summary>Tells whether two short texts have nearly the same words, and one denies them.</summary>
    public static bool AreDenied(AnswerText first, AnswerText second)
    {
        if (first.Words > MostWords || second.Words > MostWords)
        {
            return false;
        }

        var (one, other) = (first.Statement, second.Statement);
        return one.IsDenied != other.IsDenied && Similarity(one.Words, other.Words) >= SameWords;
    }

    /// <summary>Finds how an answer begins: 1 for yes, -1 for no, 0 for anything else.</summary>
    public static int Of(string text)
    {
        var begin = text.AsSpan().TrimStart().TrimStart("*_\"'“„¡¿#> ");
        return BeginsWithAny(begin, _yes, isAlone: false) || BeginsWithAny(begin, _yesAlone, isAlone: true) ? 1
            : BeginsWithNo(begin) || BeginsWithAny(begin, _noAlone, isAlone: true) ? -1
            : 0;
    }

    private static int Of(AnswerText answer) => answer.Polarity;

    // "No one", "no problem" and "No. 5" do not deny the question.
    private static bool BeginsWithNo(ReadOnlySpan<char> text)
    {
        foreach (var word in _no)
        {
            if (!text.StartsWith(word, StringComparison.OrdinalIgnoreCase) || !Ends(text, word))
            {
                continue;
            }

            var rest = text[word.Length..];
            if (word != "no" || IsPunctuation(rest))
            {
                return rest is not ['.', ' ', >= '0' and <= '9', ..];
            }

            rest = rest.TrimStart();
            foreach (var pronoun in _pronouns)
            {
                if (rest.StartsWith(pronoun, StringComparison.OrdinalIgnoreCase) && Ends(rest, pronoun))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool BeginsWithAny(ReadOnlySpan<char> text, string[] words, bool isAlone)
    {
        foreach (var word in words)
        {
            if (text.StartsWith(word, StringComparison.OrdinalIgnoreCase) && Ends(text, word) && (!isAlone || IsPunctuation(text[word.Length..])))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Ends(ReadOnlySpan<char> text, string word) =>
        text.Length == word.Length || !char.IsLetterOrDigit(text[word.Length]) || (WordReader.IsUnspaced(word[0]) && word.Length > 1 && word[0] != 'は');

    private static bool IsPunctuation(ReadOnlySpan<char> rest) =>
        rest.IsEmpty || rest[0] is '\n' or '\r' || !(char.IsLetterOrDigit(rest[0]) || rest[0] == ' ') || rest.TrimStart() is [] or ['-' or '–' or '—', ..];

    private static double Similarity(List<string> first, List<string> second)
    {
        var (one, other, same) = (0, 0, 0);
        while (one < first.Count && other < second.Count)
        {
            var order = string.CompareOrdinal(first[one], second[other]);
            same += order == 0 ? 1 : 0;
            one += order <= 0 ? 1 : 0;
            other += order >= 0 ? 1 : 0;
        }

        return first.Count + second.Count == 0 ? 0 : 2.0 * same / (first.Count + second.Count);
    }
}
