namespace LlmCascade;

/// <summary>A decision with its reason and the evidence that it rests on.</summary>
/// <param name="Decision">What was decided.</param>
/// <param name="Reason">Why: a short stable code without content of the request, such as <c>below-threshold</c>.</param>
/// <param name="Confidence">The confidence that was looked at, or none.</param>
/// <param name="Probability">
/// The probability with which this decision was drawn; <see langword="null"/> when nothing was drawn, which is
/// probability 1.
/// </param>
public readonly record struct Verdict(
    Decision Decision, string Reason, Confidence Confidence = default, double? Probability = null)
{
    /// <summary>Gets the verdict of a policy that does not know.</summary>
    public static Verdict NoOpinion => default;

    /// <summary>Gets why, as a short stable code; empty for <see cref="NoOpinion"/>.</summary>
    public string Reason { get => field ?? ""; init; } = Reason;

    /// <summary>Gets whether this verdict decides anything.</summary>
    public bool IsDecisive => Decision != Decision.NoOpinion;

    /// <summary>Gets whether this verdict passes the request on.</summary>
    public bool IsDeferral => Decision is Decision.Defer or Decision.DeferToExpert;

    /// <summary>Makes a verdict that keeps the answer.</summary>
    /// <param name="reason">Why, as a short stable code.</param>
    /// <param name="confidence">The confidence that was looked at, or none.</param>
    /// <returns>The verdict.</returns>
    public static Verdict Keep(string reason, Confidence confidence = default) => new(Decision.Keep, reason, confidence);

    /// <summary>Makes a verdict that passes the request on to the next tier.</summary>
    /// <inheritdoc cref="Keep"/>
    public static Verdict Defer(string reason, Confidence confidence = default) =>
        new(Decision.Defer, reason, confidence);

    /// <summary>Makes a verdict that passes the request on to the expert.</summary>
    /// <inheritdoc cref="Keep"/>
    public static Verdict DeferToExpert(string reason, Confidence confidence = default) =>
        new(Decision.DeferToExpert, reason, confidence);
}
