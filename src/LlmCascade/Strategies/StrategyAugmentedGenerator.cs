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
/// <param name="logger">Where failures of the repository are logged.</param>
internal sealed class StrategyAugmentedGenerator(
    IGenerator inner,
    IStrategyRepository repository,
    StrategyReadingOptions options,
    StrategyScopes scopes,
    bool triesQuarantined,
    Prices? prices,
    ILogger logger) : IGenerator
{
    private const int MostDrawnFrom = 1000;

    // Other wordings of one question may have left the same text several times.
    private const int Alike = 5;

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
        var use = new StrategyUse(matches, IsHeldOut: matches.Count > 0 && context.Draw("strategy-hold-out") < options.HoldOutShare)
        {
            WantsAnother = context.Draw("another-strategy") * (1 + matches.Sum(Failures)) < 1,
        };
        var asked = use.AreShown ? _prompt.Augment(request, [.. matches.Select(match => match.Strategy)]) : request;
        var given = await inner.GenerateAsync(asked, context, cancellationToken);
        use = use with { PromptCost = PromptShare.CostOfInput(LengthOf(asked) - LengthOf(request), asked, given.Response.Usage, prices) };

        // Nobody waits for it: a repository may be writing its file anew.
        _ = CountAsync(use, scope, context);
        return given with { Strategies = use };
    }

    private static int LengthOf(GenerationRequest request) => request.Messages.Sum(message => message.Text.Length);

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
            var query = new StrategyQuery(scope, request.Query)
            {
                Count = options.Count * Alike,
                MinimumSimilarity = options.MinimumSimilarity,
                IncludesQuarantined = triesQuarantined,
            };
            var found = Choose(await repository.FindAsync(query, cancellationToken));
            return options.Mode == StrategyMode.Random && found.Length > 0
                ? await DrawAsync(query, found.Length, context, cancellationToken)
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
        var found = await repository.FindAsync(query with { Count = MostDrawnFrom, MinimumSimilarity = -1 }, cancellationToken);
        var all = found.DistinctBy(match => match.Strategy.Text).ToArray();
        var random = new SplitMix(context.Seed("random-strategies"));
        for (var i = 0; i < Math.Min(count, all.Length); i++)
        {
            var other = i + random.Below(all.Length - i);
            (all[i], all[other]) = (all[other], all[i]);
        }

        return all[..Math.Min(count, all.Length)];
    }

    // A text that has proved itself has done so for all questions that left it. Others are tried where none of those is more similar.
    private StrategyMatch[] Choose(IReadOnlyList<StrategyMatch> found)
    {
        var texts = found.GroupBy(match => match.Strategy.Text).Select(same => same.MaxBy(match => match.Strategy.Status)).ToArray();
        var tried = texts.TakeWhile(match => match.Strategy.Status == StrategyStatus.Quarantined).Count();
        return [.. texts.Where((match, i) => i < tried || match.Strategy.Status != StrategyStatus.Quarantined).Take(options.Count)];
    }

    // By how many answers given with a strategy more were wrong than right.
    private static double Failures(StrategyMatch match)
    {
        var counters = match.Strategy.Counters;
        return Math.Max(0, counters.DraftsDisagreed + counters.Losses - counters.DraftsAgreed - counters.Wins);
    }
}
