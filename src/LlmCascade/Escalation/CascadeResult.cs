namespace LlmCascade.Escalation;

/// <summary>An answer and what happened on the way to it.</summary>
/// <param name="Generation">The answer.</param>
/// <param name="Episode">The request's whole passage.</param>
public readonly record struct CascadeResult(Generation Generation, Episode Episode);
