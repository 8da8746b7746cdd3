namespace LlmCascade;

/// <summary>One token of an answer, with the logarithm of the probability that the model gave it.</summary>
/// <param name="Token">The token's text; a part of a character is spelled as the provider spells it.</param>
/// <param name="LogProbability">
/// The natural logarithm of the probability: at most 0, negative infinity for a token that the model held impossible.
/// </param>
public sealed record TokenLogProbability(string Token, double LogProbability)
{
    // A softmax in single precision ends a little above 1 at times.
    private const double Tolerance = 1e-3;

    /// <summary>Gets the token's text.</summary>
    public string Token { get; init; } = Token ?? throw new ArgumentNullException(nameof(Token));

    /// <summary>Gets the natural logarithm of the token's probability, at most 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is above 0 by more than rounding explains, or no number.</exception>
    public double LogProbability
    {
        get;
        init => field = InRange(value);
    } = InRange(LogProbability);

    /// <summary>Gets the most probable tokens at this place, as far as they were asked for; this token may be among them.</summary>
    public IReadOnlyList<TokenLogProbability> Alternatives { get; init; } = [];

    private static double InRange(double value) => value <= Tolerance
        ? Math.Min(value, 0)
        : throw new ArgumentOutOfRangeException(
            nameof(value), value, "The logarithm of a probability is at most 0; a probability as such has to be passed through Math.Log.");
}
