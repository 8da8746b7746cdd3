namespace LlmCascade.Students;

/// <summary>How a logistic regression learns.</summary>
/// <param name="ClassCount">The classes, at least two.</param>
/// <param name="Dimension">One more than the highest index of a feature.</param>
internal sealed record LogisticSettings(int ClassCount, int Dimension)
{
    /// <summary>Gets how much one demonstration counts against the prior; less is calmer.</summary>
    public double Strength { get; init; } = 6;

    /// <summary>Gets the standard deviation of what an embedding of length 1 may say, where the words of a text have one of 1.</summary>
    public double EmbeddingScale { get; init; } = 1.5;

    public TermWeighting Weighting { get; init; } = TermWeighting.NaiveBayes;

    /// <summary>Gets what is added to each count of demonstrations with a feature.</summary>
    public double Smoothing { get; init; } = 2;

    /// <summary>Gets how far rare classes are raised: 0 not at all, 1 until all classes weigh the same.</summary>
    public double Balance { get; init; }

    /// <summary>Gets by which share the demonstrations grow between two replays.</summary>
    public double Growth { get; init; } = 0.05;

    /// <summary>Gets how many lessons lie between two replays at least, and before the first.</summary>
    public int LeastGrowth { get; init; } = LogisticStudent.FirstLessons;

    /// <summary>Gets how often a replay goes over the demonstrations.</summary>
    public int Passes { get; init; } = 3;

    /// <summary>Gets how many demonstrations are kept: after that many, a random sample of all.</summary>
    public int Capacity { get; init; } = 50_000;
}
