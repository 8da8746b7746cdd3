using LlmCascade.Calibration;
using LlmCascade.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmCascade.Strategies;

/// <summary>Lets a generator answer with strategies of similar questions in its prompt.</summary>
/// <remarks>
/// A repository that fails costs the strategies and not the answer. What was found, and whether it was shown, is on the answer.
/// </remarks>
/// <param name="inner">Who answers.</param>
/// <param name="repository">Where strategies are found.</param>
/// <param name="options">Which ones, and how many.</param>
/// <param name="scopes">Which scope a request reads from.</param>
/// <param name="prices">What a call of the inner generator costs; <see langword="null"/> when that is unknown.</param>
/// <param name="logger">Where failures of the repository are logged.</param>
internal sealed class StrategyAugmentedGenerator(
    IGenerator inner,
    IStrategyRepository repository,
    StrategyReadingOptions options,
    StrategyScopes scopes,
    Prices? prices,
    ILogger logger) : IGenerator
{
    private const int MostDrawnFrom = 1000;

    private readonly StrategyPrompt _prompt = new(options.MaxCharacters);

    public IGenerator Inner => inner;

    public async ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        if (options.Mode == StrategyMode.None || scopes.Of(context.Scope) is not { } scope)
        {
            return await inner.GenerateAsync(request, context, cancellationToken);
        }

        if (options.SureWithoutFrom is { } sure && await TryWithoutAsync(request, context, sure, cancellationToken) is { } answer)
        {
            return answer;
        }

        var matches = await FindAsync(request, scope, context, cancellationToken);
        var use = new StrategyUse(matches, IsHeldOut: matches.Count > 0 && context.Draw("strategy-hold-out") < options.HoldOutShare);
        var asked = use.AreShown ? _prompt.Augment(request, [.. matches.Select(match => match.Strategy)]) : request;
        var given = await inner.GenerateAsync(asked, context, cancellationToken) with { Strategies = use };

        // Nobody waits for it: a repository may be writing its file anew.
        _ = CountAsync(use, scope, context);
        return given;
    }

    // In an attempt of its own: its policy would stop it early, and a second one follows.
    private async ValueTask<Generation?> TryWithoutAsync(
        GenerationRequest request, AttemptContext context, double sure, CancellationToken cancellationToken)
    {
        using var attempt = context.Begin("without-strategies", AttemptRole.Member, prices);
        var answer = await inner.GenerateAsync(request, attempt, cancellationToken);
        attempt.Answered(answer);
        var isSure = answer.Confidence.HasValue && answer.Confidence.Value >= sure;
        attempt.Judged(isSure ? Verdict.Keep("sure-without", answer.Confidence) : Verdict.Defer("unsure-without", answer.Confidence));
        return isSure ? answer : null;
    }

    private async ValueTask<IReadOnlyList<StrategyMatch>> FindAsync(
        GenerationRequest request, string scope, AttemptContext context, CancellationToken cancellationToken)
    {
        try
        {
            var query = new StrategyQuery(scope, request.Query) { Count = options.Count, MinimumSimilarity = options.MinimumSimilarity };
            var found = await repository.FindAsync(query, cancellationToken);
            return options.Mode == StrategyMode.Random && found.Count > 0
                ? await DrawAsync(query, found.Count, context, cancellationToken)
                : found;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.StrategiesFailed(logger, context.EpisodeId, e.GetType());
            return [];
        }
    }

    // What was shown was shown, also where the request is being cancelled.
    private async Task CountAsync(StrategyUse use, string scope, AttemptContext context)
    {
        try
        {
            for (var i = 0; use.AreShown && i < use.Matches.Count; i++)
            {
                await repository.RecordAsync(new StrategyOutcome(scope, use.Matches[i].Strategy.Id, StrategyOutcomeKind.Shown), CancellationToken.None);
            }
        }
        catch (Exception e)
        {
            Log.StrategiesNotCounted(logger, context.EpisodeId, e.GetType());
        }
    }

    private async ValueTask<IReadOnlyList<StrategyMatch>> DrawAsync(
        StrategyQuery query, int count, AttemptContext context, CancellationToken cancellationToken)
    {
        var all = (await repository.FindAsync(query with { Count = MostDrawnFrom, MinimumSimilarity = -1 }, cancellationToken)).ToArray();
        var random = new SplitMix(context.Seed("random-strategies"));
        for (var i = 0; i < Math.Min(count, all.Length); i++)
        {
            var other = i + random.Below(all.Length - i);
            (all[i], all[other]) = (all[other], all[i]);
        }

        return all[..Math.Min(count, all.Length)];
    }
}
