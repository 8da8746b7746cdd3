using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace LlmCascade.Calibration;

/// <summary>Quotes a text that nobody vouches for, so that it stays a quotation whatever is in it.</summary>
/// <remarks>
/// Every line begins with the mark, whichever character ended the one before. What cannot be seen is left out. What models take for the
/// end of a turn, such as <c>&lt;|im_end|&gt;</c> or <c>[/INST]</c>, gets a blank within, so that a tokenizer finds none.
/// </remarks>
internal static partial class QuotedText
{
    public const string Mark = "> ";

    private const string Cut = " …";

    /// <summary>Quotes a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxCharacters">How many characters of it are taken at most.</param>
    public static string Of(string text, int maxCharacters)
    {
        var visible = Visible(text, maxCharacters);
        return Mark + Special().Replace(visible, static match => match.Value[0] + " " + match.Value[1..]).Replace("\n", "\n" + Mark, StringComparison.Ordinal);
    }

    private static string Visible(string text, int maxCharacters)
    {
        var visible = new StringBuilder();
        var before = '\0';
        foreach (var rune in text.Trim().EnumerateRunes())
        {
            if (visible.Length + rune.Utf16SequenceLength > maxCharacters)
            {
                return visible.Append(Cut).ToString();
            }

            if (EndsLine(rune))
            {
                // Of a carriage return and a line feed, one is enough.
                if (!(rune.Value == '\n' && before == '\r'))
                {
                    visible.Append('\n');
                }
            }
            else if (rune.Value == '\t')
            {
                visible.Append(' ');
            }
            else if (IsVisible(rune))
            {
                visible.Append(rune);
            }

            before = rune.IsBmp ? (char)rune.Value : '\0';
        }

        return visible.ToString();
    }

    private static bool EndsLine(Rune rune) => rune.Value is '\n' or '\r' or '\v' or '\f' or '\u0085' or '\u2028' or '\u2029';

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    // The first character of what may be a tag or a special token of a model: <|im_end|>, </s>, <start_of_turn>, <<SYS>>, <｜User｜>, [INST],
    // and the far ends |>, ｜>, so that none comes about by what stands before or behind.
    [GeneratedRegex(@"[<＜](?=[|｜/<＜\p{L}!▁])|[|｜](?=[>＞])|\[(?=/?[A-Z_]{2,}\])", RegexOptions.CultureInvariant)]
    private static partial Regex Special();
}
