namespace LlmCascade.Chat;

/// <summary>Reads token log-probabilities out of a provider's own response or update.</summary>
public delegate IEnumerable<TokenLogProbability>? TokenLogProbabilityReader(object rawRepresentation);
