namespace SupportDesk;

/// <summary>Signals of both sorts about the same questions.</summary>
/// <param name="Title">About which answers they speak.</param>
/// <param name="Agreement">Those from the agreement of samples.</param>
/// <param name="Tokens">Those from the log-probabilities of one answer.</param>
internal sealed record Comparison(string Title, Signal[] Agreement, Signal[] Tokens);
