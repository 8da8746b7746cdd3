using LlmCascade.Calibration;

namespace LlmCascade.Tests.Strategies;

/// <summary>Vectors to search among, and their score written down as plainly as it is defined.</summary>
internal static class Vectors
{
    public static float[][] Make(string kind, int dimensions, int count, SplitMix random)
    {
        var centres = Enumerable.Range(0, kind == "one cluster" ? 1 : 5).Select(_ => Random()).ToArray();
        return [.. Enumerable.Range(0, count).Select(_ => kind switch
        {
            "random" => Random(),
            "clustered" => Normalised(Near(0.05)),
            "one cluster" => Normalised(Near(0.001)),
            "duplicated" => Near(0),
            "few values" => Normalised([.. Enumerable.Range(0, dimensions).Select(_ => (float)Math.Floor((random.NextDouble() * 3) - 1))]),
            "equal numbers" => Normalised([.. Enumerable.Range(0, dimensions).Select(_ => (float)(1 + (0.001 * Normal())))]),
            "extreme" => Normalised([.. Enumerable.Range(0, dimensions).Select(_ => random.NextDouble() < 0.02 ? -1f : 1)]),
            "spikes" => Spike(),
            _ => [.. Random().Select(number => number * MathF.Pow(10, (float)((random.NextDouble() * 24) - 12)))],
        })];

        float[] Random() => Normalised([.. Enumerable.Range(0, dimensions).Select(_ => (float)Normal())]);

        float[] Near(double noise) => [.. centres[(int)(random.NextDouble() * centres.Length)].Select(number => number + (float)(noise * Normal()))];

        // One number so large that quantisation loses all others.
        float[] Spike()
        {
            var vector = Random().Select(number => number * 0.003f).ToArray();
            vector[(int)(random.NextDouble() * dimensions)] = random.NextDouble() < 0.5 ? 1 : -1;
            return vector;
        }

        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }

    public static float Score(float[] left, float[] right)
    {
        var sums = new double[16];
        for (var i = 0; i < left.Length; i++)
        {
            sums[i % 16] += (double)left[i] * right[i];
        }

        for (var width = 8; width > 0; width /= 2)
        {
            for (var i = 0; i < width; i++)
            {
                sums[i] += sums[i + width];
            }
        }

        return (float)sums[0];
    }

    private static float[] Normalised(float[] vector)
    {
        var length = Math.Sqrt(vector.Sum(number => (double)number * number));
        return length == 0 ? vector : [.. vector.Select(number => (float)(number / length))];
    }
}
