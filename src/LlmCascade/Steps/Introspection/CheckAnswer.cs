namespace LlmCascade.Steps.Introspection;

/// <summary>Reads the answer to a check out of the probabilities of its first token.</summary>
internal static class CheckAnswer
{
    // How tokenizers spell a blank before a word, besides the blank.
    private static readonly char[] _blanks = ['▁', 'Ġ'];

    /// <summary>Reads how probable it is that the step is wrong; <see langword="null"/> where neither word is among the tokens.</summary>
    public static double? ProbabilityOf(CheckPrompt prompt, TokenLogProbability first)
    {
        IEnumerable<TokenLogProbability> itself = first.Alternatives.Any(each => each.Token == first.Token) ? [] : [first];
        double wrong = 0, right = 0, listed = 0;
        foreach (var token in itself.Concat(first.Alternatives))
        {
            var probability = Math.Exp(token.LogProbability);
            var (isWrong, isRight) = (Begins(prompt.Wrong, token.Token), Begins(prompt.Right, token.Token));
            listed += probability;
            wrong += isWrong && !isRight ? probability : 0;
            right += isRight && !isWrong ? probability : 0;
        }

        if (wrong + right == 0)
        {
            return null;
        }

        // A word that is not listed is as probable as all that is not, at most.
        var rest = Math.Max(0, 1 - listed);
        wrong = wrong == 0 ? rest : wrong;
        right = right == 0 ? rest : right;
        return wrong / (wrong + right);
    }

    private static bool Begins(string word, string token) =>
        token.Trim().Trim(_blanks) is { Length: > 0 } text && word.StartsWith(text, StringComparison.OrdinalIgnoreCase);
}
