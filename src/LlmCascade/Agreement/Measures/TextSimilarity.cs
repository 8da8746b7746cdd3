namespace LlmCascade.Agreement.Measures;

/// <summary>How much two texts have in common, as the harmonic mean of what that is of each.</summary>
internal static class TextSimilarity
{
    public static double? OfWords(AnswerTexts texts, int first, int second)
    {
        var words = texts.Words();
        return Share(words.Overlap(first, second), words, texts, first, second);
    }

    public static double? OfSequences(AnswerTexts texts, int first, int second)
    {
        var words = texts.Words();
        return Share(words.LongestCommonSubsequence(first, second), words, texts, first, second);
    }

    public static double? OfPieces(AnswerTexts texts, int first, int second, int length)
    {
        var pieces = texts.Pieces(length);
        return Share(pieces.Overlap(first, second), pieces, texts, first, second);
    }

    // Of texts without terms it can tell only that they are the same.
    private static double? Share(int inBoth, TermSequences terms, AnswerTexts texts, int first, int second)
    {
        var all = terms[first].Length + terms[second].Length;
        return all > 0 ? 2.0 * inBoth / all
            : texts.Answer(first).Text.Length > 0 && texts.Answer(first).Text == texts.Answer(second).Text ? 1
            : null;
    }
}
