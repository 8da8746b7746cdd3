namespace LlmCascade.Students;

/// <summary>Exponential and logarithm from additions and multiplications alone, so that every machine of an architecture gets the same bits; the runtime's own differ between systems and processors.</summary>
internal static class StableMath
{
    private const double Log2 = 0.6931471805599453;
    private const double Log2High = 0.693147180369123816490;
    private const double Log2Low = 1.90821492927058770002e-10;

    /// <summary>Finds e to the power of a number, to about 1e-15 of it.</summary>
    public static double Exp(double x)
    {
        if (x < -700)
        {
            return 0;
        }

        var power = Math.Round(Math.Min(x, 700) / Log2);
        var rest = Math.Min(x, 700) - (power * Log2High) - (power * Log2Low);

        // |rest| is at most log(2) / 2, where thirteen terms suffice.
        var sum = 1.0;
        for (var i = 13; i > 0; i--)
        {
            sum = 1 + (sum * rest / i);
        }

        return sum * BitConverter.Int64BitsToDouble(((long)power + 1023) << 52);
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

        // log(m) = 2 artanh((m - 1) / (m + 1)), whose argument is at most 0.172.
        var ratio = (mantissa - 1) / (mantissa + 1);
        var square = ratio * ratio;
        var sum = 0.0;
        for (var i = 21; i > 0; i -= 2)
        {
            sum = (sum * square) + (1.0 / i);
        }

        return (2 * ratio * sum) + (exponent * Log2);
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
}
