namespace LlmCascade.Evaluation.Ensembles;

/// <summary>Sums over prompts that are there several times, or not at all.</summary>
internal static class Weighted
{
    public static (double Sum, double Whole) Sum(double[] values, int[] weights)
    {
        double sum = 0, whole = 0;
        for (var i = 0; i < values.Length; i++)
        {
            sum += weights[i] * values[i];
            whole += weights[i];
        }

        return (sum, whole);
    }

    public static double Mean(double[] values, int[] weights)
    {
        var (sum, whole) = Sum(values, weights);
        return sum / whole;
    }
}
