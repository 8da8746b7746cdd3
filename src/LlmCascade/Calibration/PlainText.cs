using System.Globalization;
using System.Text;

namespace LlmCascade.Calibration;

/// <summary>Makes texts comparable: compatibility forms, lower case, one blank between words, no punctuation.</summary>
internal static class PlainText
{
    public static string Of(string text)
    {
        var plain = new StringBuilder(text.Length);
        var isApart = false;
        foreach (var rune in Normalize(text).EnumerateRunes())
        {
            if (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.OtherSymbol)
            {
                plain.Append(isApart && plain.Length > 0 ? " " : "").Append(Rune.ToLowerInvariant(rune));
                isApart = false;
            }
            else
            {
                isApart = true;
            }
        }

        return plain.ToString();
    }

    /// <summary>Brings a text into compatibility forms. One that is no proper Unicode stays as it is.</summary>
    public static string Normalize(string text)
    {
        try
        {
            return text.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return text;
        }
    }
}
