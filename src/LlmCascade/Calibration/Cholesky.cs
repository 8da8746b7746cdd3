namespace LlmCascade.Calibration;

/// <summary>The factor of a symmetric positive definite matrix, of which the lower half is given.</summary>
internal readonly struct Cholesky
{
    private readonly double[,] _factor;

    private Cholesky(double[,] factor) => _factor = factor;

    public static Cholesky Of(double[,] matrix)
    {
        var count = matrix.GetLength(0);
        var factor = new double[count, count];
        for (var i = 0; i < count; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[i, j];
                for (var k = 0; k < j; k++)
                {
                    sum -= factor[i, k] * factor[j, k];
                }

                factor[i, j] = i == j ? Math.Sqrt(sum) : sum / factor[j, j];
            }
        }

        return new Cholesky(factor);
    }

    /// <summary>Solves one system.</summary>
    public double[] Solve(ReadOnlySpan<double> right)
    {
        var values = right.ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            for (var k = 0; k < i; k++)
            {
                values[i] -= _factor[i, k] * values[k];
            }

            values[i] /= _factor[i, i];
        }

        for (var i = values.Length - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < values.Length; k++)
            {
                values[i] -= _factor[k, i] * values[k];
            }

            values[i] /= _factor[i, i];
        }

        return values;
    }

    /// <summary>Adds up the diagonal of the inverse times another symmetric matrix, of which the lower half is given.</summary>
    public double TraceOfSolved(double[,] other)
    {
        var count = other.GetLength(0);
        var column = new double[count];
        var trace = 0.0;
        for (var j = 0; j < count; j++)
        {
            for (var i = 0; i < count; i++)
            {
                column[i] = i >= j ? other[i, j] : other[j, i];
            }

            trace += Solve(column)[j];
        }

        return trace;
    }
}
