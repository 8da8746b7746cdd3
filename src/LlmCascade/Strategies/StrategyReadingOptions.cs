using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Strategies;

/// <summary>How a tier uses strategies.</summary>
[Experimental("LLMC004")]
public sealed class StrategyReadingOptions
{
    /// <summary>Gets or sets which strategies are shown.</summary>
    /// <value>The most similar ones by default.</value>
    public StrategyMode Mode { get; set; }

    /// <summary>Gets or sets how many strategies are shown at most.</summary>
    /// <value>From 1 to 20; 2 by default, as in the paper. Each one costs its tokens with every call.</value>
    public int Count { get; set; } = 2;

    /// <summary>Gets or sets how similar a strategy's question has to be.</summary>
    /// <value>
    /// A cosine from -1 to 1; 0.5 by default. Strategies of unrelated questions do harm. What a number means depends on the embedder: with
    /// the hashed embedding, other wordings of a question lie lower than with a sentence encoder.
    /// </value>
    public double MinimumSimilarity { get; set; } = 0.5;

    /// <summary>Gets or sets the confidence from which on an answer that was given without strategies is taken.</summary>
    /// <value>
    /// Above 0 and at most 1; <see langword="null"/>, the default, shows strategies at once. With a value, the tier answers without them first and again with
    /// them where it is not that sure: easy questions save the tokens, the others cost two calls.
    /// </value>
    public double? SureWithoutFrom { get; set; }

    /// <summary>Gets or sets the share of the requests for which something was found that are answered without it all the same.</summary>
    /// <value>From 0, the default, to 1. Those say what the strategies are good for, which <see cref="StrategyUplift"/> tells where the cascade learns strategies.</value>
    public double HoldOutShare { get; set; }

    /// <summary>Gets or sets how many characters of a strategy's question, and of its text, are shown.</summary>
    /// <value>At least 1; 1,000 by default.</value>
    public int MaxCharacters { get; set; } = 1000;

    /// <summary>Copies the values as they are.</summary>
    internal StrategyReadingOptions Copy() => (StrategyReadingOptions)MemberwiseClone();

    /// <summary>Says what is wrong with the values, each mistake with the name of its option.</summary>
    internal IEnumerable<string> FindMistakes()
    {
        if (!Enum.IsDefined(Mode))
        {
            yield return $"Mode: there is no mode {Mode}.";
        }

        if (Count is < 1 or > 20)
        {
            yield return $"Count: {Count} is outside the range from 1 to 20.";
        }

        if (MinimumSimilarity is not (>= -1 and <= 1))
        {
            yield return $"MinimumSimilarity: {MinimumSimilarity} is no cosine, which lies between -1 and 1.";
        }

        if (SureWithoutFrom is { } sure && sure is not (> 0 and <= 1))
        {
            yield return $"SureWithoutFrom: {sure} is not above 0 and at most 1.";
        }

        if (HoldOutShare is not (>= 0 and <= 1))
        {
            yield return $"HoldOutShare: {HoldOutShare} is no share, which lies between 0 and 1.";
        }

        if (MaxCharacters < 1)
        {
            yield return $"MaxCharacters: {MaxCharacters} is below 1.";
        }
    }
}
