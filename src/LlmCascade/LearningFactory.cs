using System.Diagnostics.Metrics;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Learning;
using LlmCascade.Strategies;
using LlmCascade.Students;
using LlmCascade.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmCascade;

/// <summary>Makes what a cascade learns with, from what its builder was told.</summary>
internal static class LearningFactory
{
    /// <summary>Makes it; <see langword="null"/> where nothing learns and nothing limits the expert.</summary>
    public static CascadeLearning? Create(
        string name, CascadePlan plan, CascadeBuilder builder, CascadeOptions options, IServiceProvider services)
    {
        var setup = builder.Learning;
        var named = plan.Tiers.Where(tier => tier.Student is not null).Select(tier => (tier.Name, tier.Student!)).ToList();
        if (!builder.Learns)
        {
            return null;
        }

        var spending = setup.Budget is null ? null : new SpendingController(setup.Budget());
        var students = named.Count == 0 ? null : new OnlineCascade(builder.LabelPrompt!.Labels, named, options.Seed, spending, services: services);
        ILogger logger = services.GetService<ILoggerFactory>()?.CreateLogger<Cascade>() ?? NullLogger<Cascade>.Instance;
        var instruments = new Instruments(services.GetService<IMeterFactory>(), name);
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        CascadeLearning? learning = null;
        var keeper = setup.Strategies is { } strategies && RepositoryOf(builder, services) is { } repository
            ? new StrategyKeeper(
                repository,
                strategies.Copy(),
                builder.StrategyScopes,
                plan.Expert.Name,
                builder.AuditShare,
                (episode, request, cancellationToken) => learning!.AskExpertAsync(episode, request, cancellationToken),
                time,
                logger)
            : null;
        learning = new CascadeLearning(
            name,
            setup,
            students,
            keeper,
            spending,
            new LearningLedger(name, instruments, logger, options.EnableSensitiveData),
            time,
            logger);
        return learning;
    }

    /// <summary>Finds where strategies are kept.</summary>
    public static IStrategyRepository? RepositoryOf(CascadeBuilder builder, IServiceProvider services) =>
        builder.StrategyRepository ?? services.GetService<IStrategyRepository>();
}
