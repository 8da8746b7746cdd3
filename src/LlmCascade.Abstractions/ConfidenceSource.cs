namespace LlmCascade;

/// <summary>Where a confidence comes from.</summary>
public enum ConfidenceSource
{
    /// <summary>There is no confidence.</summary>
    None,

    /// <summary>It was measured on the answer itself, for example from token log-probabilities or from agreement.</summary>
    Measured,

    /// <summary>The model stated it.</summary>
    SelfReported,

    /// <summary>It is a sign that only hints at being right.</summary>
    Proxy,
}
