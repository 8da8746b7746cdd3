namespace LlmCascade.Calibration;

/// <summary>How much the successes of several correlate.</summary>
internal static class Correlation
{
    /// <summary>Computes the mean of the correlations (phi) of all pairs of columns; those that never change are left out, and of nothing it is nothing.</summary>
    public static double? MeanOfPairs(IReadOnlyList<bool[]> rows)
    {
        var columns = rows.Count == 0 ? 0 : rows[0].Length;
        var (sum, pairs) = (0.0, 0);
        for (var second = 1; second < columns; second++)
        {
            for (var first = 0; first < second; first++)
            {
                double one = rows.Average(row => row[first] ? 1.0 : 0), other = rows.Average(row => row[second] ? 1.0 : 0);
                var spread = one * (1 - one) * other * (1 - other);
                if (spread > 0)
                {
                    sum += (rows.Average(row => row[first] && row[second] ? 1.0 : 0) - (one * other)) / Math.Sqrt(spread);
                    pairs++;
                }
            }
        }

        return pairs > 0 ? sum / pairs : null;
    }
}
