namespace LlmCascade.Evaluation;

/// <summary>By what a cascade decides which items the expert gets.</summary>
public enum ReplayDeferral
{
    /// <summary>The calibrated probability of disagreeing with the expert.</summary>
    Calibrated,

    /// <summary>The student's highest label probability.</summary>
    MaxProb,

    /// <summary>The entropy of the student's label probabilities.</summary>
    Entropy,
}
