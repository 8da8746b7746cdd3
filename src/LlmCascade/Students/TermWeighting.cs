namespace LlmCascade.Students;

/// <summary>How much a feature may say before anything is known of its weight.</summary>
internal enum TermWeighting
{
    /// <summary>As much as its share of demonstrations differs between a class and the rest.</summary>
    NaiveBayes,

    /// <summary>The more, the fewer demonstrations have it.</summary>
    InverseDocumentFrequency,
}
