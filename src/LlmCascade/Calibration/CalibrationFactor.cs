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
}
