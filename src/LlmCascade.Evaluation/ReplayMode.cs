namespace LlmCascade.Evaluation;

/// <summary>By whose rules a cascade learns and defers.</summary>
public enum ReplayMode
{
    /// <summary>Those of LlmCascade, which spend a budget without anything to tune.</summary>
    Default,

    /// <summary>Those of the paper Online Cascade Learning (arXiv 2402.04513), as its text describes them.</summary>
    Paper,
}
