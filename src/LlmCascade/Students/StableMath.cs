namespace LlmCascade.Students;

/// <summary>Exponential and logarithm from additions and multiplications alone; the runtime's own differ between systems and processors.</summary>
/// <remarks>
/// With it a logistic regression learns and predicts the same bits on every machine of an architecture. What is made of a
/// prediction, the calibrator and so the confidence, uses the runtime's functions: on another system its last bits may
/// differ, and with them, rarely, a decision.
/// </remarks>
internal static class StableMath
{
    private const double Log2 = 0.6931471805599453;
    private const double Log2High = 0.693147180369123816490;
    private const double Log2Low = 1.90821492927058770002e-10;

    // 1/13! to 1/0!, which is enough up to log(2) / 2.
    private static ReadOnlySpan<double> ExpTerms =>
    [
        1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720,
        1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1, 1,
    ];

    // Of the area tangent, whose argument is at most 0.172.
    private static ReadOnlySpan<double> LogTerms =>
        [1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3, 1];

    /// <summary>Finds e to the power of a number, to about 1e-15 of it.</summary>
    public static double Exp(double x)
    {
        if (x < -700)
        {
            return 0;
        }

        var power = Math.Round(Math.Min(x, 700) / Log2);
        var rest = Math.Min(x, 700) - (power * Log2High) - (power * Log2Low);
        return Horner(ExpTerms, rest) * BitConverter.Int64BitsToDouble(((long)power + 1023) << 52);
    }

    /// <summary>Finds the natural logarithm of a normal positive number, to about 1e-15.</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa /= 2;
            exponent++;
        }

        // log(m) = 2 artanh((m - 1) / (m + 1)).
        var ratio = (mantissa - 1) / (mantissa + 1);
        return (2 * ratio * Horner(LogTerms, ratio * ratio)) + (exponent * Log2);
    }

    /// <summary>Turns scores into probabilities, in place.</summary>
    public static void Softmax(Span<double> scores)
    {
        var most = scores[0];
        foreach (var score in scores)
        {
            most = Math.Max(most, score);
        }

        var sum = 0.0;
        foreach (ref var score in scores)
        {
            score = Exp(score - most);
            sum += score;
        }

        foreach (ref var score in scores)
        {
            score /= sum;
        }
    }

    private static double Horner(ReadOnlySpan<double> terms, double x)
    {
        var sum = 0.0;
        foreach (var term in terms)
        {
            sum = (sum * x) + term;
        }

        return sum;
    }
}
