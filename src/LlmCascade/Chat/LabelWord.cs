using System.Buffers;

namespace LlmCascade.Chat;

/// <summary>A word of a label or of a reply.</summary>
/// <param name="Text">The word.</param>
/// <param name="After">What stands between it and the next word; after the last one, what ends the text, white space apart.</param>
internal readonly record struct LabelWord(string Text, string After)
{
    private static readonly SearchValues<char> _sentenceEnds = SearchValues.Create(".!?\n\u3002\u061F\u0964");

    private static readonly SearchValues<char> _hyphens = SearchValues.Create("-_\u2010\u2011");

    /// <summary>Gets whether it is a letter of an alphabet, such as "a" and "I", which are words of their own too.</summary>
    public bool IsLetter =>
        Text is [var only] && (char.IsUpper(only) || char.IsLower(only));

    public bool IsNumber => char.IsNumber(Text[0]) || Text is ['-', _, ..];

    /// <summary>Gets whether nothing but white space separates it from another word on its line.</summary>
    public bool RunsOn => After.Length > 0 && string.IsNullOrWhiteSpace(After) && !After.Contains('\n');

    /// <summary>Gets whether it and the next word may be one name: nothing but spaces and hyphens lies between.</summary>
    public bool Joins
    {
        get
        {
            foreach (var character in After)
            {
                if (character == '\n' || !(char.IsWhiteSpace(character) || _hyphens.Contains(character)))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Gets whether its sentence or its line ends with it. Dots in a row leave a sentence open.</summary>
    public bool EndsSentence =>
        After.AsSpan().ContainsAny(_sentenceEnds) && (After.Contains('\n') || !After.Contains("..", StringComparison.Ordinal));

    public bool Asks => After.AsSpan().ContainsAny('?', '\u061F');
}
