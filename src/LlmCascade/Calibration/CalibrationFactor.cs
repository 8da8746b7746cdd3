namespace LlmCascade.Calibration;

/// <summary>The calibration factor of Online Cascade Learning (arXiv 2402.04513), and the rate of errors that it tolerates.</summary>
/// <remarks>
/// A calibrator learns the target min(z + b, 1) under squared error, z being 1 where the student was wrong. Its best
/// answer is then P(wrong) + b P(right), and a tier that defers above one half keeps an answer exactly while P(wrong) is at
/// most (0.5 - b) / (1 - b). So the factor b, from 0 to below 0.5, is a tolerated rate of errors, from 0.5 down to above 0.
/// </remarks>
internal static class CalibrationFactor
{
    /// <summary>Finds what a calibrator has to answer.</summary>
    /// <param name="isWrong">Whether the student disagreed with the expert.</param>
    /// <param name="factor">The calibration factor; 0 during warm-up.</param>
    public static double Target(bool isWrong, double factor) => isWrong ? 1 : factor;

    /// <summary>Finds the rate of errors that a factor tolerates.</summary>
    /// <param name="factor">The calibration factor, from 0 to below 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="factor"/> is outside its range.</exception>
    public static double ToleratedError(double factor) => factor is >= 0 and < 0.5
        ? (0.5 - factor) / (1 - factor)
        : throw new ArgumentOutOfRangeException(nameof(factor), factor, "A calibration factor lies from 0 to below 0.5.");

    /// <summary>Finds the factor that tolerates a rate of errors.</summary>
    /// <param name="error">The rate of errors, above 0 and at most 0.5.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="error"/> is outside its range.</exception>
    public static double FromToleratedError(double error) => error is > 0 and <= 0.5
        ? (0.5 - error) / (1 - error)
        : throw new ArgumentOutOfRangeException(nameof(error), error, "A tolerated rate of errors is above 0 and at most 0.5.");
}
