namespace LlmCascade.Students;

/// <summary>What a calibrator looks at to tell how far an answer of a student can be trusted.</summary>
internal static class Evidence
{
    // Beside the probabilities: how far ahead the first is, how spread they are, how little the first leaves to the
    // others, how long the text is, how much was learned.
    private const int More = 5;

    // All of it is brought to the size of a probability, on which the network was made to begin.
    private const double LogScale = 10;
    private const double RestScale = 5;
    private const double LeastRest = 1e-6;

    /// <summary>Counts the numbers of the evidence.</summary>
    public static int Count(int labels) => labels + More;

    /// <summary>Gathers the evidence about one answer.</summary>
    /// <param name="probabilities">What the student gave to each label.</param>
    /// <param name="length">The characters of the text.</param>
    /// <param name="lessons">How much the student had learned.</param>
    public static double[] Of(ReadOnlySpan<double> probabilities, int length, long lessons)
    {
        var (first, second) = FirstTwo(probabilities);
        return
        [
            .. probabilities,
            first - second,
            Entropy(probabilities),
            -Math.Log(Math.Max(1 - first, LeastRest)) / RestScale,
            Math.Log(1 + length) / LogScale,
            Math.Log(1 + lessons) / LogScale,
        ];
    }

    /// <summary>Finds the entropy of probabilities, as a share of the largest that there can be.</summary>
    public static double Entropy(ReadOnlySpan<double> probabilities)
    {
        var entropy = 0.0;
        foreach (var probability in probabilities)
        {
            entropy -= probability > 0 ? probability * Math.Log(probability) : 0;
        }

        return entropy / Math.Log(probabilities.Length);
    }

    private static (double First, double Second) FirstTwo(ReadOnlySpan<double> probabilities)
    {
        var (first, second) = (0.0, 0.0);
        foreach (var probability in probabilities)
        {
            (first, second) = probability > first ? (probability, first) : (first, Math.Max(second, probability));
        }

        return (first, second);
    }
}
