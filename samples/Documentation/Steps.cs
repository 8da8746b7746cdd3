using LlmCascade;
using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Steps;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace Documentation;

/// <summary>The code of docs/steps.md.</summary>
internal static class Steps
{
    public static void AddSteps(IServiceCollection services, IChatClient small, IChatClient expert)
    {
        // snippet: steps
        var judge = StepIntrospector.Asked(new ChatClientGenerator(small), prices: new Prices(inputPerMillion: 0.05m, outputPerMillion: 0.1m));
        services.AddChatClient(expert);
        services.AddLlmCascade(cascade => cascade
            .AddTier("local", tier => tier
                .UseChatClient(small)
                .CheckSteps(StepIntrospector.FirstCertain(StepIntrospector.Arithmetic, judge))
                .Costs(inputPerMillion: 0.05m, outputPerMillion: 0.1m))
            .Expert(cloud => cloud.WithName("cloud").Costs(inputPerMillion: 2.5m, outputPerMillion: 10m))
            .StepByStep());
        // end-snippet
    }

    public static void UseValidatorsAlone(TierBuilder tier)
    {
        // snippet: step-validators
        tier.CheckSteps(StepIntrospector.FirstCertain(StepIntrospector.Arithmetic, StepIntrospector.RepeatedAction)).KeepWhenValid();
        // end-snippet
    }

    public static void Sample(TierBuilder tier, IChatClient small)
    {
        // snippet: step-sampling
        tier.UseChatClient(small).WithSampling(5).CheckSteps(StepIntrospector.Disagreement);
        // end-snippet
    }

    public static void Calibrate(CascadeBuilder cascade, IChatClient small)
    {
        // snippet: step-calibrator
        var calibrator = new StepCalibrator();
        cascade
            .AddTier("local", tier => tier
                .UseChatClient(small)
                .CheckSteps(calibrator.Calibrate(StepIntrospector.Arithmetic, StepIntrospector.Asked(new ChatClientGenerator(small)))))
            .Audit(0.02)
            .AddLearner(calibrator)
            .SaveLearningTo("learned/steps.bin");
        // end-snippet
    }

    public static void Agent(IServiceCollection services, IChatClient small, IStepIntrospector introspector)
    {
        // snippet: step-agent
        services.AddLlmCascade(cascade => cascade
            .AddTier("local", tier => tier
                .UseChatClient(small)
                .CheckSteps(introspector, check =>
                {
                    check.ActivationThreshold = 0.6;
                    check.ReturnThreshold = 0.3;
                    check.MinimumStay = 2;
                }))
            .IrreversibleTools("cancel_order", "send_mail"))
            .UseFunctionInvocation();
        // end-snippet
    }

    public static void Limit(CascadeBuilder cascade, Func<Trajectory, CancellationToken, ValueTask<string?>> search)
    {
        // snippet: step-options
        cascade.StepByStep(steps =>
        {
            steps.Boundary = StepBoundary.ThoughtAction;
            steps.Observe = search;
            steps.MaxSteps = 20;
            steps.MaxConsecutiveExpertSteps = 3;
            steps.TimeLimit = TimeSpan.FromSeconds(60);
        });
        // end-snippet
    }

    public static void Redact(CascadeBuilder cascade, Func<string, string> withoutNames)
    {
        // snippet: step-redact
        cascade.Expert(expert => expert.Redact(withoutNames));
        // end-snippet
    }

    public static IChatClient ByHand(IChatClient small, IChatClient large)
    {
        // snippet: step-by-hand
        var local = new IntrospectedGenerator(new ChatClientGenerator(small), StepIntrospector.Arithmetic);
        var policy = DeferralPolicy.FirstDecisive(new StepPolicy(canClear: false), DeferralPolicy.KeepTheRest());
        var steps = new Cascade([new Tier("local", local, policy)], new Expert(new ChatClientGenerator(large), "cloud"));
        var client = new CascadeChatClient(StepwiseCascade.Create(steps));
        // end-snippet
        return client;
    }
}
