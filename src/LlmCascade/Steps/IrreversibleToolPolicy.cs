using LlmCascade.Deferral;

namespace LlmCascade.Steps;

/// <summary>Defers an answer that calls a tool whose effect cannot be taken back, unless introspection has cleared it; keeps nothing.</summary>
internal sealed class IrreversibleToolPolicy(IReadOnlySet<string> tools, double? clearedBelow) : IDeferralPolicy
{
    public bool CanKeep => false;

    public bool CanDeferToExpert => true;

    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken = default) =>
        new(generation.Check?.ErrorProbability < clearedBelow || !ToolCalls.In(generation).Exists(call => tools.Contains(call.Name))
            ? Verdict.NoOpinion
            : Verdict.DeferToExpert(StepReasons.Irreversible, generation.Confidence));
}
