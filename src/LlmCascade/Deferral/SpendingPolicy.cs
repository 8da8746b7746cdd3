using LlmCascade.Calibration;

namespace LlmCascade.Deferral;

/// <summary>Defers the least certain answers, as many as the budget of the expert allows.</summary>
internal sealed class SpendingPolicy(SpendingController controller) : IDeferralPolicy
{
    public bool CanDeferToExpert => false;

    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        return new(generation.Confidence.HasValue
            ? controller.Judge(generation.Confidence, new SplitMix(context.Seed("spending")).NextDouble())
            : Verdict.Defer(DeferralReasons.NoConfidence));
    }
}
