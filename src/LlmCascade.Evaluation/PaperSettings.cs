namespace LlmCascade.Evaluation;

/// <summary>One row of the paper's table of settings, as far as it concerns logistic regression.</summary>
/// <param name="CacheSize">How many of the expert's labels are gathered before the student learns from them.</param>
/// <param name="CalibratorLearningRate">The step of the calibrator's Adam.</param>
/// <param name="Decay">What the probability of exploring is multiplied with at each update of the student.</param>
/// <param name="CalibrationFactor">What is added to the calibrator's target: the tolerated rate of errors in disguise.</param>
internal sealed record PaperSettings(int CacheSize, double CalibratorLearningRate, double Decay, double CalibrationFactor)
{
    /// <summary>What a call of GPT-3.5 costs where an answer of logistic regression costs 1.</summary>
    public const double ExpertCost = 1182;

    /// <summary>The weight of the cost where none is asked for.</summary>
    public const double DefaultMu = 5e-4;

    /// <summary>Gets the rows by their names; the first is taken where none is asked for.</summary>
    public static OrderedDictionary<string, PaperSettings> All { get; } = new(StringComparer.Ordinal)
    {
        ["imdb-small"] = new(8, 7e-4, 0.97, 0.40),
        ["imdb-large"] = new(8, 7e-4, 0.99, 0.45),
        ["hatespeech-small"] = new(8, 1e-3, 0.97, 0.40),
        ["hatespeech-large"] = new(8, 1e-3, 0.99, 0.45),
        ["isear-small"] = new(8, 7e-4, 0.80, 0.15),
        ["isear-large"] = new(8, 7e-4, 0.99, 0.40),
        ["fever-small"] = new(8, 7e-4, 0.97, 0.40),
        ["fever-large"] = new(8, 7e-4, 0.97, 0.40),
    };
}
