using LlmCascade.Students;

namespace LlmCascade.Evaluation;

/// <summary>The paper's table of settings, as far as it concerns logistic regression: tables 3 and 4 of arXiv 2402.04513, which differ in the cost of the expert alone.</summary>
internal static class PaperTable
{
    /// <summary>The weight of the cost where none is asked for.</summary>
    public const double DefaultMu = 5e-4;

    /// <summary>Gets the rows by their names; the first is taken where none is asked for.</summary>
    public static OrderedDictionary<string, PaperStudent> Rows { get; } = new(StringComparer.Ordinal)
    {
        ["imdb-small"] = Row(7e-4, 0.97, 0.40),
        ["imdb-large"] = Row(7e-4, 0.99, 0.45),
        ["hatespeech-small"] = Row(1e-3, 0.97, 0.40),
        ["hatespeech-large"] = Row(1e-3, 0.99, 0.45),
        ["isear-small"] = Row(7e-4, 0.80, 0.15),
        ["isear-large"] = Row(7e-4, 0.99, 0.40),
        ["fever-small"] = Row(7e-4, 0.97, 0.40),
        ["fever-large"] = Row(7e-4, 0.97, 0.40),
    };

    // With no other student behind it, what comes next is the expert.
    private static PaperStudent Row(double learningRate, double decay, double factor) =>
        new(CacheSize: 8, learningRate, decay, factor, CascadeObjective.ExpertCost);
}
