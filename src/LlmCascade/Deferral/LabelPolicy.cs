namespace LlmCascade.Deferral;

/// <summary>Defers answers that name none of the labels that were asked for; keeps nothing.</summary>
internal sealed class LabelPolicy : IDeferralPolicy
{
    public static LabelPolicy Instance { get; } = new();

    public bool CanKeep => false;

    public bool CanDeferToExpert => false;

    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken = default) =>
        new(request.Labels is null || request.Labels.Equals(generation.Labels?.Space)
            ? Verdict.NoOpinion
            : Verdict.Defer(DeferralReasons.Unparsed, generation.Confidence));
}
