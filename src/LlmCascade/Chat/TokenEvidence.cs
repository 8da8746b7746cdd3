using LlmCascade.Calibration;

namespace LlmCascade.Chat;

/// <summary>The log-probabilities that one call has brought so far, and what they say.</summary>
/// <param name="read">What reads them; <see langword="null"/> when the client supplies none.</param>
/// <param name="confidence">What is measured; <see langword="null"/> when nobody asks.</param>
/// <param name="limit">The most tokens that the answer can have; <see langword="null"/> when that is unknown.</param>
internal struct TokenEvidence(TokenLogProbabilityReader? read, TokenConfidence? confidence, long? limit)
{
    private readonly TokenTally? _tally = confidence?.Begin();
    private List<TokenLogProbability>? _tokens;

    public readonly IReadOnlyList<TokenLogProbability>? Tokens => _tokens;

    public readonly Confidence Confidence => _tally?.Measure() ?? Confidence.None;

    public readonly ConfidenceRange Reachable => _tally!.Reachable(limit);

    /// <summary>Adds what a response or an update brought.</summary>
    /// <returns>Whether that changes what can still be reached.</returns>
    public bool Add(object? rawRepresentation)
    {
        if (read is null || rawRepresentation is null)
        {
            return false;
        }

        var count = _tokens?.Count ?? 0;
        try
        {
            foreach (var token in read(rawRepresentation) ?? [])
            {
                (_tokens ??= []).Add(token);
                _tally?.Add(token.LogProbability);
            }
        }
        catch (Exception) when (_tally is null)
        {
            // Evidence that nobody asked for must not cost the answer.
        }

        return _tally is not null && _tokens?.Count > count;
    }
}
