using CsCheck;
using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Testing;
using LlmCascade.Testing.Conformance;
using Xunit;
using static LlmCascade.Deferral.DeferralPolicy;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Testing.Conformance;

public sealed class ThresholdPolicyKeepsTheRules() : PolicyRules(new ThresholdPolicy(0.8));

public sealed class ValidityPolicyKeepsTheRules() : PolicyRules(ValidityPolicy.Instance);

public sealed class CapabilityPolicyKeepsTheRules()
    : PolicyRules(new CapabilityPolicy(new ChatCapabilities { ContextLength = 30, JsonSchema = false, Tools = false }));

public sealed class ExplorationPolicyKeepsTheRules() : PolicyRules(new ExplorationPolicy(new ThresholdPolicy(0.3), 0.5));

public sealed class A_changing_exploration_keeps_the_rules()
    : PolicyRules(new ExplorationPolicy(new ThresholdPolicy(0.3), () => 0.5, DeferralReasons.Audited));

public sealed class LabelPolicyKeepsTheRules() : PolicyRules(LabelPolicy.Instance);

public sealed class AgreementPolicyKeepsTheRules() : PolicyRules(LlmCascade.Agreement.AgreementPolicy.Instance);

public sealed class A_warm_up_keeps_the_rules() : PolicyRules(new WarmUpPolicy(() => false));

public sealed class SpendingPolicyKeepsTheRules() : PolicyRules(new SpendingPolicy(Controller()))
{
    private static SpendingController Controller()
    {
        var controller = new SpendingController(ExpertBudget.OfCalls(50, 100));
        foreach (var confidence in new[] { 0.1, 0.3, 0.6, 0.9 })
        {
            controller.Observe(confidence);
        }

        return controller;
    }
}

public sealed class A_conditional_keep_keeps_the_rules() : PolicyRules(KeepWhen((_, answer) => answer.Response.Text.Length < 10));

public sealed class A_conditional_deferral_keeps_the_rules()
    : PolicyRules(DeferWhen((request, _) => request.Query.Contains("Spain", StringComparison.Ordinal), "abroad"));

public sealed class Keeping_the_rest_keeps_the_rules() : PolicyRules(KeepAll);

public sealed class A_function_keeps_the_rules()
    : PolicyRules(Create((_, answer) => answer.Confidence.HasValue ? Verdict.Keep("known") : Verdict.DeferToExpert("unknown")));

public sealed class An_asynchronous_function_keeps_the_rules() : PolicyRules(Create(async (_, answer, context, token) =>
{
    using var judge = context.Begin("judge", AttemptRole.Judge);
    await Task.Yield();
    token.ThrowIfCancellationRequested();
    return judge.Seed(answer.Response.Text) % 2 == 0 ? Verdict.Keep("heads") : Verdict.NoOpinion;
}));

public sealed class A_combination_keeps_the_rules() : PolicyRules(FirstDecisive(
    new CapabilityPolicy(new ChatCapabilities()), ValidityPolicy.Instance, DeferAll, new ThresholdPolicy(0.8), KeepAll));

public sealed class CombinationsKeepTheRules
{
    private static readonly Gen<IDeferralPolicy> _policy = Gen.OneOf(
        Gen.Int[1, 40].Select(fortieths => (IDeferralPolicy)new ThresholdPolicy(fortieths / 40.0)),
        Gen.Int[0, 40].Select(length => KeepWhen((_, answer) => answer.Response.Text.Length < length, "short")),
        Gen.Int[0, 40].Select(length => DeferWhen((_, answer) => answer.Response.Text.Length < length, "short")),
        Gen.OneOfConst(ValidityPolicy.Instance, KeepAll, DeferAll));

    private static readonly Gen<IDeferralPolicy> _combination =
        Gen.Select(_policy.Array[1, 4], Gen.OneOfConst(0, 0.5, 1), (policies, explored) =>
            explored == 0 ? FirstDecisive(policies) : FirstDecisive([new ExplorationPolicy(FirstDecisive(policies), explored), KeepAll]));

    [Fact]
    public Task A_tier_is_never_stopped_early_that_would_have_been_kept() =>
        _combination.SampleAsync(policy => new Suite(policy).StopsOnlyWhatIsHopelessAsync(), iter: 100);

    private sealed class Suite(IDeferralPolicy policy) : DeferralPolicyConformance
    {
        protected override IReadOnlyList<GenerationRequest> CreateRequests() => [Question];

        protected override IReadOnlyList<Generation> CreateGenerations() =>
            [new ScriptedReply("Lyon").ToGeneration(), new ScriptedReply("Perhaps Madrid, perhaps").ToGeneration()];

        protected override IDeferralPolicy CreatePolicy() => policy;
    }
}
