namespace LlmCascade.Escalation;

/// <summary>When and why a call failed. A message is not told: it may hold text of the request.</summary>
/// <param name="At">When.</param>
/// <param name="Reason">Why, as one of <see cref="EscalationReasons"/>.</param>
/// <param name="ExceptionType">The full name of the exception's type; <see langword="null"/> when nothing was thrown.</param>
public sealed record CallFailure(DateTimeOffset At, string Reason, string? ExceptionType);
