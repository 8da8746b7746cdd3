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
/// <param name="triesQuarantined">Whether those in quarantine are shown too, because the answers given with them are deferred.</param>
/// <param name="prices">What a call of the inner generator costs; <see langword="null"/> when that is unknown.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where failures of the repository are logged.</param>
internal sealed class StrategyAugmentedGenerator(
    IGenerator inner,
    IStrategyRepository repository,
    StrategyReadingOptions options,
    StrategyScopes scopes,
    bool triesQuarantined,
    Prices? prices,
    TimeProvider time,
    ILogger logger) : IGenerator, IWrappingGenerator
{
    private const int MostDrawnFrom = 1000;

    // Other wordings of one question may have left the same text several times.
    private const int Alike = 5;

    // A repository that hangs costs the strategies and not the answer.
    private static readonly TimeSpan _longestSearch = TimeSpan.FromSeconds(5);

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

        var without = options.SureWithoutFrom is null ? null : await TryWithoutAsync(request, context, cancellationToken);
        if (without is { Confidence: { HasValue: true } sure } && sure.Value >= options.SureWithoutFrom)
        {
            return without;
        }

        var use = await LookAsync(request, scope, context, cancellationToken);
        if (without is not null && !use.AreShown)
        {
            // The same prompt once more would say the same.
            return without with { Strategies = use with { PromptCost = 0 } };
        }

        var asked = use.AreShown ? _prompt.Augment(request, [.. use.Matches.Select(match => match.Strategy)]) : request;
        var given = await inner.GenerateAsync(asked, context, cancellationToken);
        use = use with { PromptCost = CostEstimate.OfInput(LengthOf(asked) - LengthOf(request), given.Response.Usage, prices) };

        // A repository that can count at once does so; nobody waits for one that is writing its file anew.
        _ = CountAsync(use, scope, context);
        return given with { Strategies = use };
    }

    private static int LengthOf(GenerationRequest request) => request.Messages.Sum(message => message.Text.Length);

    // In an attempt of its own: its policy would stop it early, and a second one may follow.
    private async ValueTask<Generation> TryWithoutAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
    {
        using var attempt = context.Begin("without-strategies", AttemptRole.Member, prices);
        var answer = await inner.GenerateAsync(request, attempt, cancellationToken);
        attempt.Answered(answer);
        var isSure = answer.Confidence.HasValue && answer.Confidence.Value >= options.SureWithoutFrom;
        attempt.Judged(isSure ? Verdict.Keep("sure-without", answer.Confidence) : Verdict.Defer("unsure-without", answer.Confidence));
        return answer;
    }

    private async ValueTask<StrategyUse> LookAsync(
        GenerationRequest request, string scope, AttemptContext context, CancellationToken cancellationToken)
    {
        var found = await FindAsync(request, scope, context, cancellationToken);
        var failures = found.Take(options.Count).Sum(Failures);
        var matches = options.Mode == StrategyMode.Random ? found : Choose(found, context);
        return new StrategyUse(matches, IsHeldOut: matches.Count > 0 && context.Draw("strategy-hold-out") < options.HoldOutShare)
        {
            IsControl = options.Mode == StrategyMode.Random,
            WantsAnother = context.Draw("another-strategy") * (1 + failures) < 1,
        };
    }

    private async ValueTask<IReadOnlyList<StrategyMatch>> FindAsync(
        GenerationRequest request, string scope, AttemptContext context, CancellationToken cancellationToken)
    {
        try
        {
            var query = new StrategyQuery(scope, request.Query)
            {
                Count = options.Count * Alike,
                MinimumSimilarity = options.MinimumSimilarity,

                // Whoever owns a conversation has the last word in it, and what is drawn at random proves nothing.
                IncludesQuarantined = triesQuarantined
                    && options.Mode != StrategyMode.Random
                    && request.Options is null or { ConversationId: null, ContinuationToken: null },
            };
            var found = Distinct(await SearchAsync(query, cancellationToken));
            return options.Mode == StrategyMode.Random && found.Length > 0
                ? await DrawAsync(query, Math.Min(options.Count, found.Length), context, cancellationToken)
                : found;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.StrategiesFailed(logger, context.EpisodeId, e.GetType());
            return [];
        }
    }

    private async ValueTask<IReadOnlyList<StrategyMatch>> SearchAsync(StrategyQuery query, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_longestSearch, time);
        await using var cancelled = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), limit);
        var search = repository.FindAsync(query, limit.Token);
        return search.IsCompletedSuccessfully ? await search : await search.AsTask().WaitAsync(limit.Token);
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
        var found = await SearchAsync(query with { Count = MostDrawnFrom, MinimumSimilarity = -1 }, cancellationToken);
        var all = found.DistinctBy(match => match.Strategy.Text).ToArray();
        var random = new SplitMix(context.Seed("random-strategies"));
        for (var i = 0; i < Math.Min(count, all.Length); i++)
        {
            var other = i + random.Below(all.Length - i);
            (all[i], all[other]) = (all[other], all[i]);
        }

        return all[..Math.Min(count, all.Length)];
    }

    // A text that has proved itself has done so for all questions that left it.
    private static StrategyMatch[] Distinct(IReadOnlyList<StrategyMatch> found) =>
        [.. found.GroupBy(match => match.Strategy.Text).Select(same => same.MaxBy(match => match.Strategy.Status))];

    // One at a time is tried, where none that has proved itself is more similar: the less often, the more often it has failed.
    private StrategyMatch[] Choose(IReadOnlyList<StrategyMatch> found, AttemptContext context)
    {
        var isTried = found is [{ Strategy.Status: StrategyStatus.Quarantined }, ..] && context.Draw("try-strategy") * (1 + Failures(found[0])) < 1;
        return [.. found.Where((match, i) => match.Strategy.Status != StrategyStatus.Quarantined || (i == 0 && isTried)).Take(options.Count)];
    }

    // By how many answers given with a strategy more were wrong than right, whatever the weights of those that were checked.
    private static double Failures(StrategyMatch match)
    {
        var counters = match.Strategy.Counters;
        var weight = counters.SquaredWeights > 0 ? (counters.Wins + counters.Losses) / counters.SquaredWeights : 0;
        return Math.Max(0, counters.DraftsDisagreed - counters.DraftsAgreed + ((counters.Losses - counters.Wins) * weight));
    }
}
