namespace LlmCascade.Evaluation.Ensembles;

/// <summary>How good each member has been where it was one of several equally central ones, as far as some prompts show it.</summary>
internal sealed class TiedMembers
{
    // As many prompts as a member's mean over all of them counts for.
    private const double Shrinkage = 10;

    // By seat, because another model may sit there when they pick.
    private readonly double[] _worth;

    private TiedMembers(double[] worth) => _worth = worth;

    /// <param name="ensemble">The ensemble.</param>
    /// <param name="prompts">The prompts to learn from, at least one.</param>
    public static TiedMembers Of(MeasuredEnsemble ensemble, IReadOnlyList<int> prompts) =>
        new(Array.ConvertAll(ensemble.Members, member =>
        {
            double all = 0, tied = 0, times = 0;
            foreach (var prompt in prompts)
            {
                var score = ensemble.Table.Scores[prompt][member];
                all += score;
                if (ensemble.Tied[prompt] is { Length: > 1 } some && some.Contains(member))
                {
                    tied += score;
                    times++;
                }
            }

            return (tied + (Shrinkage * all / prompts.Count)) / (times + Shrinkage);
        }));

    /// <summary>Finds who speaks; between equally good ones the <see cref="TieRule"/> decides.</summary>
    public int Pick(MeasuredEnsemble ensemble, int prompt)
    {
        var tied = ensemble.Tied[prompt];
        if (tied is [var only])
        {
            return only;
        }

        var best = tied.Max(WorthOf);
        return TieRule.Pick(ensemble.Table, prompt, ensemble.Members, [.. tied.Where(member => WorthOf(member) == best)]);

        double WorthOf(int member) => _worth[Array.IndexOf(ensemble.Members, member)];
    }
}
