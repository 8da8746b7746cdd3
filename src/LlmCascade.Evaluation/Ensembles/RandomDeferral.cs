namespace LlmCascade.Evaluation.Ensembles;

/// <summary>Chance defers; what it keeps is answered by whoever is better in the mean: those whose answers stand, or the best single member.</summary>
internal sealed class RandomDeferral
{
    private readonly double[] _spoken;
    private readonly double[] _single;
    private readonly double[] _target;

    /// <param name="table">The answers.</param>
    /// <param name="spoken">The member whose answer to each prompt stands.</param>
    /// <param name="single">The best single member, chosen on other folds.</param>
    public RandomDeferral(AnswerTable table, int[] spoken, int[] single)
    {
        (_spoken, _single, _target) = (table.ScoresOf(spoken), table.ScoresOf(single), table.TargetScores);
        KeepsSpoken = _spoken.Average() >= _single.Average();
        Kept = KeepsSpoken ? spoken : single;
    }

    /// <summary>Gets whether the answers that stand are the better ones, on the prompts as they are.</summary>
    public bool KeepsSpoken { get; }

    /// <summary>Gets who answers what chance keeps.</summary>
    public int[] Kept { get; }

    /// <summary>Computes the quality at shares of deferral.</summary>
    public double[] At(int[] weights, double[] rates)
    {
        var (kept, target) = Ends(weights);
        return Array.ConvertAll(rates, rate => ((1 - rate) * kept) + (rate * target));
    }

    /// <summary>Computes the mean quality over all shares.</summary>
    public double Area(int[] weights)
    {
        var (kept, target) = Ends(weights);
        return (kept + target) / 2;
    }

    private (double Kept, double Target) Ends(int[] weights)
    {
        double spoken = 0, single = 0, target = 0, whole = 0;
        for (var prompt = 0; prompt < weights.Length; prompt++)
        {
            var weight = weights[prompt];
            spoken += weight * _spoken[prompt];
            single += weight * _single[prompt];
            target += weight * _target[prompt];
            whole += weight;
        }

        return (Math.Max(spoken, single) / whole, target / whole);
    }
}
