using LlmCascade;
using LlmCascade.Deferral;
using Microsoft.Extensions.AI;

namespace Documentation;

/// <summary>The code of docs/concepts.md.</summary>
internal static class Deferral
{
    public static void Conditions(CascadeBuilder cascade, IChatClient small)
    {
        // snippet: conditions
        cascade.AddTier("small", tier => tier
            .UseChatClient(small)
            .WithOptions(options => options.Instructions += " If you are not certain, answer only: UNSURE")
            .DeferWhen(answer => answer.Text.Contains("UNSURE", StringComparison.Ordinal), "unsure")
            .KeepWhenValid()
            .Explore(0.05));
        // end-snippet
    }

    public static void Policy(TierBuilder tier)
    {
        // snippet: use-policy
        tier.UsePolicy(new OfficeHoursPolicy(TimeProvider.System));
        // end-snippet
    }

    public static void Function(TierBuilder tier)
    {
        // snippet: policy-function
        tier.UsePolicy(DeferralPolicy.Create((request, generation) =>
            generation.Response.Text.Length > 10 * request.Query.Length
                ? Verdict.DeferToExpert("too-long", generation.Confidence)
                : Verdict.NoOpinion));
        // end-snippet
    }

    public static void Abstain(CascadeBuilder cascade)
    {
        // snippet: abstain
        cascade.Expert(expert => expert.AbstainWhen(answer => answer.Text.Contains("I don't know", StringComparison.OrdinalIgnoreCase), "ignorant"));
        // end-snippet
    }

    // snippet: policy
    private sealed class OfficeHoursPolicy(TimeProvider time) : IDeferralPolicy
    {
        public bool CanKeep => false;

        public bool CanDeferToExpert => false;

        public ValueTask<Verdict> BeforeAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) =>
            new(time.GetLocalNow().Hour is >= 8 and < 18 ? Verdict.NoOpinion : Verdict.Defer("closed"));

        public ValueTask<Verdict> AfterAsync(
            GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken) =>
            new(Verdict.NoOpinion);
    }
    // end-snippet
}
