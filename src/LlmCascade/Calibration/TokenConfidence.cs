namespace LlmCascade.Calibration;

/// <summary>How sure a model is of its answer, measured from the log-probabilities of the answer's tokens.</summary>
/// <remarks>
/// Immutable and thread-safe. The value is a probability per token, with <see cref="Sum"/> that of the whole text, and not the
/// probability of being right: choose a threshold on answers whose quality you know, and choose it anew for another model,
/// another prompt or another measure.
/// </remarks>
public sealed class TokenConfidence
{
    private readonly string _name;
    private readonly double? _quantile;
    private readonly bool _isSum;

    private TokenConfidence(string name, double? quantile, bool isSum = false)
    {
        _name = name;
        _quantile = quantile;
        _isSum = isSum;
    }

    /// <summary>Gets the geometric mean of the token probabilities, <c>exp((1/T) Σ log p)</c>.</summary>
    /// <value>
    /// The normalised token probability of Inter-Cascade, and Chow-Average of Gupta et al. (arXiv 2404.10136) up to the
    /// exponential. It does not depend on the length of the answer, and hides a single bad token in a long one.
    /// </value>
    public static TokenConfidence Mean { get; } = new("token-mean", null);

    /// <summary>Gets the product of the token probabilities, <c>exp(Σ log p)</c>: how probable the model finds the whole answer.</summary>
    /// <value>
    /// Chow-Sum of Gupta et al. (arXiv 2404.10136) up to the exponential. It falls with the length of the answer, so a threshold
    /// defers long ones, and is 0 where it is smaller than any number: for some hundred tokens that the model is unsure of.
    /// </value>
    public static TokenConfidence Sum { get; } = new("token-sum", null, isSum: true);

    /// <summary>Gets the probability of the least probable token, <c>exp(min log p)</c>.</summary>
    /// <value>Chow-Quantile at 0. It finds a single bad token, and falls with the length of the answer.</value>
    public static TokenConfidence Minimum { get; } = new("token-minimum", 0);

    /// <summary>Makes a quantile of the token probabilities, Chow-Quantile of Gupta et al. (arXiv 2404.10136) up to the exponential.</summary>
    /// <param name="probability">Which one, from 0, the minimum, to 1, the maximum; 0.1 is usual.</param>
    /// <returns>
    /// The measure: the exponential of the quantile of the log-probabilities, interpolated linearly between the two that
    /// are nearest (the default of NumPy, type 7 of Hyndman and Fan).
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is outside its range.</exception>
    public static TokenConfidence Quantile(double probability)
    {
        if (probability is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A quantile lies between 0 and 1.");
        }

        return probability == 0
            ? Minimum
            : new(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"token-quantile-{probability}"), probability);
    }

    /// <summary>Measures an answer.</summary>
    /// <param name="tokens">The answer's tokens.</param>
    /// <returns>The confidence with the number of tokens as its sample count, or <see cref="Confidence.None"/> without tokens.</returns>
    public Confidence Measure(IEnumerable<TokenLogProbability> tokens) => TallyOf(tokens).Measure();

    /// <summary>Finds the confidences that an unfinished answer can still have.</summary>
    /// <param name="tokens">The tokens so far.</param>
    /// <param name="outputTokenLimit">The most tokens that the answer can have; <see langword="null"/> when there is no limit. A limit that the answer has passed already is none.</param>
    /// <returns>
    /// From 0 to the value that it would have if every token to come were certain. The minimum and the sum can only fall, so
    /// that is exact; mean and quantile rise with every such token, and stay below 1 only under a limit.
    /// </returns>
    public ConfidenceRange Reachable(IEnumerable<TokenLogProbability> tokens, long? outputTokenLimit) =>
        TallyOf(tokens).Reachable(outputTokenLimit);

    /// <summary>Names the measure.</summary>
    /// <returns>Its name, such as <c>token-mean</c>.</returns>
    public override string ToString() => _name;

    /// <summary>Begins to measure an answer that comes token by token.</summary>
    internal TokenTally Begin() => new(_quantile, _isSum);

    private TokenTally TallyOf(IEnumerable<TokenLogProbability> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        var tally = Begin();
        foreach (var token in tokens)
        {
            tally.Add(token.LogProbability);
        }

        return tally;
    }
}
