namespace LlmCascade;

/// <summary>One request's whole passage through a cascade; immutable.</summary>
/// <param name="Id">The id that the trace, the logs and later feedback share.</param>
/// <param name="Scope">The scope that the request named, or <see langword="null"/>.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Answer">What was answered; <see langword="null"/> when the request failed or was cancelled.</param>
/// <param name="Root">The attempt tree: the root stands for the request, its children for the tiers and the expert.</param>
public sealed record Episode(string Id, string? Scope, GenerationRequest Request, Generation? Answer, Attempt Root)
{
    /// <summary>Gets when the request began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets the request's key, from which its random draws come.</summary>
    public string Key { get; init; } = "";

    /// <summary>Gets whether the request allows learning from it.</summary>
    public bool AllowsLearning { get; init; } = true;

    /// <summary>Gets the probability with which the expert is asked about the answer as well, beside the request.</summary>
    /// <value>0 where no tier answered, or nothing may be learned.</value>
    public double AuditProbability { get; init; }

    /// <summary>Gets the attempt whose answer became the request's answer; <see langword="null"/> when there is none.</summary>
    /// <value>The direct child of <see cref="Root"/>; within a nested cascade, ask that child's children.</value>
    public Attempt? Answerer => Answer is null ? null : Root.Answerer;

    /// <summary>Names the episode, without any text of its request or answer.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => $"episode {Id}";
}
