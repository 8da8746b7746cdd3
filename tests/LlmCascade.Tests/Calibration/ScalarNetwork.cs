using LlmCascade.Calibration;

namespace LlmCascade.Tests.Calibration;

/// <summary>The network of a calibrator written out number by number.</summary>
internal static class ScalarNetwork
{
    /// <summary>Finds the sum that comes into each unit.</summary>
    public static double[] Sums(ReadOnlySpan<double> parameters, double[] values)
    {
        var sums = parameters.Slice(MlpNetwork.Units * values.Length, MlpNetwork.Units).ToArray();
        for (var i = 0; i < values.Length; i++)
        {
            for (var j = 0; j < MlpNetwork.Units; j++)
            {
                sums[j] += parameters[(i * MlpNetwork.Units) + j] * values[i];
            }
        }

        return sums;
    }

    public static double Predict(ReadOnlySpan<double> parameters, double[] values)
    {
        var sums = Sums(parameters, values);
        var output = parameters[^1];
        for (var j = 0; j < MlpNetwork.Units; j++)
        {
            output += Math.Max(0, sums[j]) * parameters[(MlpNetwork.Units * (values.Length + 1)) + j];
        }

        return 1 / (1 + Math.Exp(-output));
    }
}
