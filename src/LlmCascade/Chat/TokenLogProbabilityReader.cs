namespace LlmCascade.Chat;

/// <summary>Reads token log-probabilities out of a provider's own response or update.</summary>
/// <param name="rawRepresentation">The raw representation of a <see cref="Microsoft.Extensions.AI.ChatResponse"/> or of a <see cref="Microsoft.Extensions.AI.ChatResponseUpdate"/>.</param>
/// <returns>The tokens that it brings, in their order; <see langword="null"/> or none when it brings none.</returns>
/// <remarks>
/// A chat client that can supply log-probabilities hands out its reader as a service: <c>GetService(typeof(TokenLogProbabilityReader))</c>.
/// Middleware around it passes that through. It must be thread-safe.
/// </remarks>
public delegate IEnumerable<TokenLogProbability>? TokenLogProbabilityReader(object rawRepresentation);
