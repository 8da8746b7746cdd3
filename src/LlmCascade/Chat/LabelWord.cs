namespace LlmCascade.Chat;

/// <summary>A word of a label or of a reply.</summary>
/// <param name="Text">The word.</param>
/// <param name="RunsOn">Whether nothing but white space separates it from another word on its line.</param>
internal readonly record struct LabelWord(string Text, bool RunsOn)
{
    /// <summary>Gets whether it is a letter of an alphabet, such as "a" and "I", which are words of their own too.</summary>
    public bool IsLetter =>
        Text is [var only] && (char.IsUpper(only) || char.IsLower(only));
}
