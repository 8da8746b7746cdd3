using System.Numerics;

namespace LlmCascade.Strategies;

/// <summary>Asks the expert something about an episode that is over, beside all requests.</summary>
/// <returns>The answer, <see langword="null"/> where there is none or no budget for one; and what it has cost.</returns>
internal delegate ValueTask<(Generation? Answer, decimal Cost)> AskExpertBeside(Episode episode, GenerationRequest request, CancellationToken cancellationToken);

/// <summary>Makes a strategy out of a lesson: asks the expert for it where it has not come with the answer, and stores it. One caller at a time.</summary>
/// <param name="repository">Where strategies are kept.</param>
/// <param name="options">What becomes a strategy.</param>
/// <param name="producer">The name of the expert.</param>
/// <param name="ask">Asks the expert.</param>
/// <param name="ledger">Where costs are counted.</param>
/// <param name="time">The clock.</param>
internal sealed class NoteWriter(
    IStrategyRepository repository, StrategyLearningOptions options, string producer, AskExpertBeside ask, UpliftLedger ledger, TimeProvider time)
{
    private const int Many = 20;
    private const int MostRemembered = 10_000;

    // How often a question has asked for a note and nothing new was stored.
    private readonly Dictionary<string, int> _fruitless = [];
    private long _distilled;
    private long _duplicates;
    private long _refused;
    private long _empty;
    private long _retired;

    /// <summary>Gets what has become of the lessons, but for those that failed or found no room.</summary>
    public StrategyLearningState State => new(
        Interlocked.Read(ref _distilled),
        Interlocked.Read(ref _duplicates),
        Interlocked.Read(ref _refused),
        Interlocked.Read(ref _empty),
        Interlocked.Read(ref _retired),
        Failed: 0,
        Dropped: 0);

    /// <summary>Makes a strategy out of a lesson, if it may be one and says something new.</summary>
    public async Task WriteAsync(Lesson lesson, string scope, CancellationToken cancellationToken)
    {
        // Nothing is paid for what cannot be stored.
        StrategyName.Check(scope, nameof(scope));
        if (IsTooUnsure(lesson) || Redacted(lesson.Episode.Request.Query) is not { } query)
        {
            Interlocked.Increment(ref _refused);
            return;
        }

        ledger.CountEmbedding(query);
        var duplicates = await FindAsync(query, scope, cancellationToken).ConfigureAwait(false);
        if (duplicates.Count > 0 && lesson.Source != TruthSource.Host)
        {
            Interlocked.Increment(ref _duplicates);
            return;
        }

        if (options.Verify is { } verify && !await verify(lesson, cancellationToken).ConfigureAwait(false))
        {
            Interlocked.Increment(ref _refused);
            return;
        }

        var key = StrategyId.Of(scope, query, "");
        if (lesson is { Truth.Note: null, Source: not TruthSource.Host } && !IsWorthAsking(key))
        {
            Interlocked.Increment(ref _empty);
            return;
        }

        var (wasAnswered, note, modelId) = await NoteAsync(lesson, cancellationToken).ConfigureAwait(false);
        if (!wasAnswered)
        {
            // Nobody said that there is nothing to learn.
            _fruitless.Remove(key);
        }

        if (note is null || Redacted(note) is not { } text)
        {
            Interlocked.Increment(ref _empty);
            return;
        }

        await StoreAsync(new Strategy(scope, query, text, producer) { ModelId = modelId }, duplicates, key, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Finds the strategies that a question would be a duplicate of.</summary>
    public ValueTask<IReadOnlyList<StrategyMatch>> FindAsync(string query, string scope, CancellationToken cancellationToken) => repository.FindAsync(
        new StrategyQuery(scope, query) { Count = Many, MinimumSimilarity = options.DuplicateSimilarity, IncludesQuarantined = true }, cancellationToken);

    /// <summary>Retires a strategy.</summary>
    public async Task RetireAsync(Strategy strategy, CancellationToken cancellationToken)
    {
        if (await repository.AddAsync(strategy with { Status = StrategyStatus.Retired }, cancellationToken).ConfigureAwait(false))
        {
            Interlocked.Increment(ref _retired);
        }
    }

    private async Task StoreAsync(Strategy strategy, IReadOnlyList<StrategyMatch> duplicates, string key, CancellationToken cancellationToken)
    {
        strategy = strategy with { CreatedAt = time.GetUtcNow(), Status = options.Quarantine ? StrategyStatus.Quarantined : StrategyStatus.Active };
        var isNew = await repository.AddAsync(strategy, cancellationToken).ConfigureAwait(false);
        if (isNew)
        {
            Interlocked.Increment(ref _distilled);
            _fruitless.Remove(key);
        }
        else
        {
            Interlocked.Increment(ref _duplicates);
        }

        // One that was there already, and is still in use, takes the others' place as well.
        if (isNew || duplicates.Any(match => match.Strategy.Id == strategy.Id))
        {
            foreach (var match in duplicates.Where(match => match.Strategy.Id != strategy.Id))
            {
                await RetireAsync(match.Strategy, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // The host's truth needs no confidence.
    private bool IsTooUnsure(Lesson lesson) =>
        options.MinimumExpertConfidence is { } least
        && lesson.Source != TruthSource.Host
        && !(lesson.Truth.Confidence.HasValue && lesson.Truth.Confidence.Value >= least);

    // The first time, the second, the fourth, the eighth: what has come to nothing is paid for ever more rarely.
    private bool IsWorthAsking(string key)
    {
        if (_fruitless.Count >= MostRemembered)
        {
            _fruitless.Clear();
        }

        var times = _fruitless.GetValueOrDefault(key) + 1;
        _fruitless[key] = times;
        return BitOperations.IsPow2(times);
    }

    private async ValueTask<(bool WasAnswered, string? Note, string? ModelId)> NoteAsync(Lesson lesson, CancellationToken cancellationToken)
    {
        if (lesson.Truth.Note is { } note)
        {
            return (true, note, NameOf(lesson.Truth));
        }

        var request = DistillationPrompt.For(lesson.Episode.Request.Query, lesson.Truth.Response.Text);
        var (reply, cost) = await ask(lesson.Episode, request, cancellationToken).ConfigureAwait(false);
        ledger.CountNote(cost);
        return reply is null ? default : (true, DistillationPrompt.Read(reply), NameOf(reply));
    }

    // Whatever a provider says, the note is paid for.
    private static string? NameOf(Generation reply) =>
        reply.Response.ModelId is { Length: <= StrategyName.Longest } id && !string.IsNullOrWhiteSpace(id) ? StrategyName.Proper(id) : null;

    private string? Redacted(string text)
    {
        var redacted = options.Redact is { } redact ? redact(text) : text;
        return string.IsNullOrWhiteSpace(redacted) ? null : redacted;
    }
}
