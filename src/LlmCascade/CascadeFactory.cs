using System.Diagnostics.Metrics;
using LlmCascade.Agreement;
using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Steps;
using LlmCascade.Strategies;
using LlmCascade.Telemetry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace LlmCascade;

/// <summary>Makes a cascade from what builder and options say, or reports everything that is wrong with it.</summary>
internal static class CascadeFactory
{
    private const string FiveLines = """
        A cascade needs at least one tier and an expert:
            services.AddChatClient(expert);
            services.AddLlmCascade(cascade => cascade
                .AddTier("local", tier => tier.UseChatClient(small).KeepWhenValid().Costs(inputPerMillion: 0.1m, outputPerMillion: 0.4m))
                .ExpertCosts(inputPerMillion: 2.5m, outputPerMillion: 10m))
                .UseFunctionInvocation();
        """;

    /// <summary>Makes the chat client of a cascade.</summary>
    /// <param name="name">The name of the cascade, for messages.</param>
    /// <param name="builder">What code says.</param>
    /// <param name="options">What options and configuration say, validated.</param>
    /// <param name="services">Where clients, clock and logger come from.</param>
    /// <param name="registrations">The registrations to check keyed clients against; <see langword="null"/> when unknown.</param>
    /// <param name="owned">What the client disposes besides what factories make.</param>
    /// <exception cref="OptionsValidationException">Something is wrong; the message lists it all.</exception>
    public static CascadeChatClient Create(
        string name,
        CascadeBuilder builder,
        CascadeOptions options,
        IServiceProvider services,
        IServiceCollection? registrations,
        params IEnumerable<IDisposable> owned)
    {
        var plan = CascadePlan.Of(builder, options);
        ThrowIfAny(name, FindMistakes(plan, services, registrations, builder.Learning.Learners).Concat(FindStepMistakes(builder)).Concat(builder.Learning.FindMistakes(plan.Tiers, builder.LabelPrompt?.Labels)));
        List<IDisposable> made = [];
        try
        {
            var learning = LearningFactory.Create(name, plan, builder, options, services);
            var settings = SettingsOf(name, builder, options, services, learning);
            if (builder.Steps is not { } steps)
            {
                return new CascadeChatClient(Build(name, plan, builder, settings, learning, services, made), learning, [.. owned, .. made]);
            }

            var cascade = Build(name, plan, builder, StepwiseCascade.OfOneStep(settings), learning, services, made);
            return new CascadeChatClient(cascade, learning, [.. owned, .. made], StepwiseCascade.Create(cascade, settings, StepwiseOptions.Checked(steps)));
        }
        catch
        {
            made.ForEach(each => each.Dispose());
            throw;
        }
    }

    private static Cascade Build(
        string name,
        CascadePlan plan,
        CascadeBuilder builder,
        CascadeSettings settings,
        CascadeLearning? learning,
        IServiceProvider services,
        List<IDisposable> made)
    {
        List<string> mistakes = [];
        var owner = plan.Tiers.FirstOrDefault(tier => tier.Setup.OwnsConversations);
        var tiers = plan.Tiers.Select(tier => new Tier(
            tier.Name,
            learning?.GeneratorOf(tier.Name) ?? Check(ReadLabels(ReadStrategies(
                tier.Setup.Build(tier.Name, services, made, mistakes, builder.LabelPrompt, InSteps(builder.Steps, builder.Steps?.Continuation)), tier, builder, settings, services, mistakes), builder), tier),
            learning?.PolicyOf(tier.Name) ?? PolicyOf(tier, builder))
        {
            Prices = tier.Setup.Prices,
            Timeout = tier.Setup.Timeout,
            OwnsConversations = tier == owner,
            LearnsNothing = tier.Setup.Client is not null,
        }).ToList();
        var looksAtDoubts = builder.Steps ?? (plan.Tiers.Any(tier => tier.Introspector is not null) ? new StepwiseOptions() : null);
        var answering = plan.Expert.Setup.Build(plan.Expert.Name, services, made, mistakes, inSteps: InSteps(looksAtDoubts, looksAtDoubts?.ExpertContinuation));
        var expert = new Expert(ReadLabels(WriteNotes(answering, plan.Expert.Setup.Prices, builder, settings.Logger), builder), plan.Expert.Name)
        {
            Policy = plan.Expert.BuildPolicy(),
            Prices = plan.Expert.Setup.Prices,
            Timeout = plan.Expert.Setup.Timeout,
        };
        if (!builder.HasIdempotentTools)
        {
            mistakes.AddRange(tiers
                .Select(tier => (tier.Name, tier.Generator))
                .Append((expert.Name, expert.Generator))
                .Where(each => InvokesFunctions(each.Generator))
                .Select(each => FunctionsInside(each.Name)));
        }

        if (builder.Learning.Strategies is not null && LearningFactory.RepositoryOf(builder, services) is null)
        {
            mistakes.Add($"Strategies are to be learned, and {NoRepository}");
        }

        if (builder.Learning.Strategies is { MinimumExpertConfidence: > 0 } && plan.Expert.Setup is { Client: not null, Confidence: null, TokenConfidence: null })
        {
            mistakes.Add("Strategies are to be learned from sure answers of the expert, and nothing supplies its confidence. Add .Expert(expert => expert.WithTokenConfidence()) or .WithConfidence(response => …) there.");
        }

        mistakes.AddRange(plan.Tiers.Zip(tiers, (builder, tier) => builder.FindBlindCheck(tier.Generator)).OfType<string>());
        ThrowIfAny(name, mistakes);
        foreach (var tier in plan.Tiers.Where(tier => EnsembleCost.CanNeverSave(EnsembleCost.PricesOf(tier.Setup), plan.Expert.Setup.Prices)))
        {
            Log.EnsembleCannotSave(settings.Logger, tier.Name, name);
        }

        var cascade = new Cascade(tiers, expert, settings);
        learning?.Attach(cascade);
        return cascade;
    }

    private static IGenerator WriteNotes(IGenerator expert, Prices? prices, CascadeBuilder builder, ILogger logger) => builder.Learning.Strategies is { InSameCall: true } options
        ? new NotingGenerator(expert, options.DuplicateSimilarity, builder.StrategyScopes, prices, logger)
        : expert;

    private static Func<IGenerator, IGenerator>? InSteps(StepwiseOptions? steps, ContinuationStyle? style) =>
        steps is null ? null : generator => new StepWriter(generator, steps.Boundary, style!.Value, steps.Instructions);

    private static IGenerator Check(IGenerator generator, TierBuilder tier) =>
        tier.Introspector is { } introspector ? new IntrospectedGenerator(generator, introspector) : generator;

    private static IGenerator ReadLabels(IGenerator generator, CascadeBuilder builder) =>
        builder.LabelPrompt is { } prompt ? new LabelingGenerator(generator, prompt) : generator;

    private const string NoRepository =
        "nobody says where they are kept. Add .UseStrategies(new InMemoryStrategyRepository(…)) to the cascade, or register an IStrategyRepository.";

    private static IGenerator ReadStrategies(
        IGenerator generator, TierBuilder tier, CascadeBuilder builder, CascadeSettings settings, IServiceProvider services, List<string> mistakes)
    {
        if (tier.Strategies is not { } options)
        {
            return generator;
        }

        if (LearningFactory.RepositoryOf(builder, services) is not { } repository)
        {
            mistakes.Add($"'{tier.Name}' reads strategies, and {NoRepository}");
            return generator;
        }

        var triesQuarantined = builder.Learning.Strategies is { Quarantine: true };
        return new StrategyAugmentedGenerator(
            generator, repository, options.Copy(), builder.StrategyScopes, triesQuarantined, tier.Setup.Prices, settings.TimeProvider, settings.Logger);
    }

    private static IDeferralPolicy PolicyOf(TierBuilder tier, CascadeBuilder builder)
    {
        var own = tier.BuildPolicy(builder.IrreversibleToolNames);
        return tier.Strategies is null ? own : DeferralPolicy.FirstDecisive(new StrategyPolicy(), own);
    }

    private static CascadeSettings SettingsOf(
        string name, CascadeBuilder builder, CascadeOptions options, IServiceProvider services, CascadeLearning? learning) => new()
        {
            Name = name,
            Mode = options.Mode,
            ShadowLimit = options.ShadowLimit,
            Timeout = options.Timeout,
            GraceTime = options.GraceTime,
            RestAfterFailures = options.RestAfterFailures,
            RestTime = options.RestTime,
            Seed = options.Seed,
            QueryProjection = builder.QueryProjection,
            OnEpisode = builder.EpisodeObserver + options.EpisodeObserver,
            OnAddendum = builder.AddendumObserver + options.AddendumObserver,
            TimeProvider = services.GetService<TimeProvider>() ?? TimeProvider.System,
            Logger = services.GetService<ILoggerFactory>()?.CreateLogger<Cascade>() ?? NullLogger<Cascade>.Instance,
            MeterFactory = services.GetService<IMeterFactory>(),
            EnableSensitiveData = options.EnableSensitiveData,
            Remember = learning is null ? null : learning.Remember,
            ExpertBudget = learning?.Budget,
            Learn = learning is null ? null : learning.LearnAsync,
            AuditShare = builder.AuditShare,
            LearnAudit = learning is null ? null : learning.LearnAuditAsync,
            RequestNumber = learning?.RequestNumber,
        };

    // One that nobody teaches defers for ever, and one that belongs to no ensemble learns nothing.
    private static IEnumerable<string> FindMistakes(CascadePlan plan, IReadOnlyList<IOnlineLearner> learners)
    {
        var used = plan.Tiers.Select(tier => (tier.Name, Calibrator: tier.Setup.Ensemble?.Options.Calibrator ?? tier.Setup.Sampling?.Options.Calibrator)).ToList();
        foreach (var (tier, _) in used.Where(each => each.Calibrator is not null && !learners.Contains(each.Calibrator)))
        {
            yield return $"Tier '{tier}' has a calibrator that nobody teaches, so that it would defer everything. Add .AddLearner(calibrator) to the cascade.";
        }

        foreach (var tier in plan.Tiers.Where(tier => tier.Introspector is { } introspector && StepCalibrator.In(introspector).Except(learners.OfType<StepCalibrator>()).Any()))
        {
            yield return $"Tier '{tier.Name}' checks its steps with a calibrator that nobody teaches, so that it could never tell. Add .AddLearner(calibrator) to the cascade.";
        }

        foreach (var alone in learners.OfType<StepCalibrator>().Where(each => !each.IsBound))
        {
            yield return $"The learner '{alone.Kind}' calibrates nothing, and would learn nothing. Give it introspectors: .CheckSteps(calibrator.Calibrate(…)).";
        }

        foreach (var alone in learners.OfType<AgreementCalibrator>().Where(each => !each.IsBound && used.TrueForAll(tier => tier.Calibrator != each)))
        {
            yield return $"The learner '{alone.Kind}' belongs to no ensemble, and would learn nothing. Give it to the tier: .UseEnsemble(ensemble => ensemble.Agree(agreement => agreement.Calibrator = calibrator)).";
        }
    }

    private static IEnumerable<string> FindStepMistakes(CascadeBuilder builder)
    {
        foreach (var mistake in builder.Steps?.FindMistakes() ?? [])
        {
            yield return $".StepByStep(…): {mistake}";
        }

        if (builder.IrreversibleToolNames.Count > 0 && builder.Steps is { Mode: not (StepMode.Switching or StepMode.CloudOnly) and var mode })
        {
            yield return $"Irreversible tools are to be checked before they are called, and in the mode {mode} nobody checks what a tier writes anew. Use StepMode.Switching, or leave .IrreversibleTools(…) out.";
        }
    }

    private static IEnumerable<string> FindMistakes(
        CascadePlan plan, IServiceProvider services, IServiceCollection? registrations, IReadOnlyList<IOnlineLearner> learners)
    {
        if (plan.Tiers.Count == 0)
        {
            yield return "No tier is configured. " + FiveLines;
        }

        foreach (var mistake in FindMistakes(plan, learners))
        {
            yield return mistake;
        }

        if (plan.Expert.Setup.IsEmpty)
        {
            yield return "There is no expert: register an IChatClient before AddLlmCascade, or name one with .Expert(expert => expert.UseChatClient(…)); a named cascade always names its own.";
        }

        foreach (var mistake in plan.FindMistakes())
        {
            yield return mistake;
        }

        foreach (var (name, setup) in plan.Setups)
        {
            if (setup.Client?.Key is { } key && FindMistake(name, key, services, registrations) is { } mistake)
            {
                yield return mistake;
            }
        }
    }

    private static string? FindMistake(
        string name, string key, IServiceProvider services, IServiceCollection? registrations)
    {
        if (services.GetService<IServiceProviderIsKeyedService>()?.IsKeyedService(typeof(IChatClient), key) == false)
        {
            return $"'{name}' uses the chat client with the key '{key}', and none is registered. Add services.AddKeyedChatClient(\"{key}\", …).";
        }

        return (LastOf(key, registrations) ?? LastOf(KeyedService.AnyKey, registrations))?.Lifetime
            is { } lifetime and not ServiceLifetime.Singleton
            ? $"'{name}' uses the chat client with the key '{key}', which is registered as {lifetime}. A cascade is a singleton and needs singleton clients."
            : null;
    }

    private static ServiceDescriptor? LastOf(object key, IServiceCollection? registrations) => registrations?.LastOrDefault(
        each => each.ServiceType == typeof(IChatClient) && each.IsKeyedService && key.Equals(each.ServiceKey));

    private static bool InvokesFunctions(IGenerator generator) => generator switch
    {
        IWrappingGenerator wrapping => InvokesFunctions(wrapping.Inner),
        EnsembleGenerator ensemble => ensemble.Members.Any(member => InvokesFunctions(member.Generator)),
        ChatClientGenerator chat => chat.Client.GetService(typeof(FunctionInvokingChatClient)) is not null,
        Cascade cascade => cascade.Tiers.Select(tier => tier.Generator).Append(cascade.Expert.Generator).Any(InvokesFunctions),
        _ => false,
    };

    private static string FunctionsInside(string name) =>
        $"""
        The chat client of '{name}' invokes functions itself, so answers that are rejected would run their tools. Put function invocation outside the cascade:
            services.AddLlmCascade(…).UseFunctionInvocation();
        and in a pipeline:
            builder.UseFunctionInvocation().UseLlmCascade(…);
        or say .ToolsAreIdempotent() on the cascade if running a tool more often than needed does no harm.
        """;

    private static void ThrowIfAny(string name, IEnumerable<string> mistakes)
    {
        List<string> all = [.. mistakes];
        if (all.Count > 0)
        {
            throw new CascadeMistakesException(name, all);
        }
    }
}
