using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using LlmCascade.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmCascade.Strategies;

/// <summary>Asks the expert something about an episode that is over, beside all requests.</summary>
/// <returns>The answer, <see langword="null"/> where there is none or no budget for one; and what it has cost.</returns>
internal delegate ValueTask<(Generation? Answer, decimal Cost)> AskExpertBeside(Episode episode, GenerationRequest request, CancellationToken cancellationToken);

/// <summary>Makes strategies out of lessons, counts what became of the answers that were given with them, and retires those that lose.</summary>
/// <remarks>Lessons are taken at once and worked on one after the other off the path of all requests. One that fails is logged and lost.</remarks>
[SuppressMessage("Design", "CA1001", Justification = "Without timers and wait handles there is nothing to release.")]
internal sealed class StrategyKeeper : IOnlineLearner
{
    private const double Same = 0.5;

    private readonly IStrategyRepository _repository;
    private readonly StrategyLearningOptions _options;
    private readonly StrategyScopes _scopes;
    private readonly string _producer;
    private readonly AskExpertBeside _ask;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<Turn> _turns;
    private readonly CancellationTokenSource _stop = new();
    private readonly UpliftLedger _uplift;
    private readonly Task _reader;
    private long _dropped;
    private long _failed;
    private long _distilled;
    private long _duplicates;
    private long _retired;

    /// <param name="repository">Where strategies are kept.</param>
    /// <param name="options">What becomes a strategy, and what becomes of it.</param>
    /// <param name="scopes">Which scope a request writes to.</param>
    /// <param name="producer">The name of the expert.</param>
    /// <param name="ask">Asks the expert.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where failures are logged.</param>
    public StrategyKeeper(
        IStrategyRepository repository,
        StrategyLearningOptions options,
        StrategyScopes scopes,
        string producer,
        AskExpertBeside ask,
        TimeProvider time,
        ILogger logger)
    {
        _repository = repository;
        _options = options;
        _uplift = new UpliftLedger(options.EmbeddingPerMillion);
        _scopes = scopes;
        _producer = producer;
        _ask = ask;
        _time = time;
        _logger = logger;
        _turns = Channel.CreateBounded<Turn>(new BoundedChannelOptions(options.Capacity) { SingleReader = true });

        // Nothing of whoever made it, such as its span, is current while it works.
        using var flow = ExecutionContext.SuppressFlow();
        _reader = Task.Run(ReadAsync);
    }

    public StrategyLearningState State => new(
        Interlocked.Read(ref _distilled),
        Interlocked.Read(ref _duplicates),
        Interlocked.Read(ref _retired),
        Interlocked.Read(ref _failed),
        Interlocked.Read(ref _dropped));

    public StrategyUplift Uplift => _uplift.Uplift;

    /// <summary>Counts what was answered with strategies and without.</summary>
    public void Observe(Episode episode) => _uplift.CountAnswers(episode);

    /// <summary>Takes a lesson, without waiting for what becomes of it.</summary>
    public ValueTask LearnAsync(Lesson lesson, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lesson);
        if (_scopes.Of(lesson.Episode.Scope) is { } scope && !_turns.Writer.TryWrite(new Turn(lesson, scope, null)))
        {
            Interlocked.Increment(ref _dropped);
        }

        return default;
    }

    /// <summary>Waits until the lessons so far have been worked on.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _turns.Writer.WriteAsync(new Turn(null, "", settled), cancellationToken).ConfigureAwait(false);
            await settled.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            await _reader.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes no more lessons, and works on those that wait for as long as it may.</summary>
    /// <param name="drainTimeout">How long. What is left then is lost.</param>
    public async Task StopAsync(TimeSpan drainTimeout)
    {
        _turns.Writer.TryComplete();
        await ((Task)_reader.WaitAsync(drainTimeout, _time)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _reader.ConfigureAwait(false);
    }

    private async Task ReadAsync()
    {
        await foreach (var turn in _turns.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            try
            {
                if (turn.Lesson is { } lesson)
                {
                    _stop.Token.ThrowIfCancellationRequested();
                    await WorkAsync(lesson, turn.Scope, _stop.Token).ConfigureAwait(false);
                }
            }
            catch (Exception e)
            {
                Interlocked.Increment(ref _failed);
                Log.StrategyNotLearned(_logger, turn.Lesson!.Episode.Id, e.GetType());
            }
            finally
            {
                turn.Settled?.SetResult();
            }
        }
    }

    private async Task WorkAsync(Lesson lesson, string scope, CancellationToken cancellationToken)
    {
        // What a tier kept and got right need not be told to it.
        var isNews = false;
        foreach (var attempt in lesson.Episode.Root.Children.Where(attempt => attempt.Role == AttemptRole.Tier))
        {
            var agrees = attempt.Generation is { } draft ? await AgreesAsync(lesson, draft, cancellationToken).ConfigureAwait(false) : null;
            isNews |= (attempt.Verdict.IsDeferral || agrees == false) && !IsKnown(attempt.Generation?.Strategies, agrees, lesson.Source);
            if (attempt.Generation?.Strategies is { } use && agrees is { } isSame)
            {
                _uplift.CountChecked(attempt, use, lesson, isSame);
                await CountAsync(lesson, attempt, use, scope, isSame, cancellationToken).ConfigureAwait(false);
            }
        }

        if (isNews)
        {
            await WriteAsync(lesson, scope, cancellationToken).ConfigureAwait(false);
        }
    }

    // What was shown has led to the right answer already, or is of no use to the tier. Of what the host says the tier shall hear.
    private static bool IsKnown(StrategyUse? use, bool? agrees, TruthSource source) =>
        use is not null && ((use.AreShown && agrees == true) || (!use.WantsAnother && source != TruthSource.Host));

    private async ValueTask<bool?> AgreesAsync(Lesson lesson, Generation draft, CancellationToken cancellationToken)
    {
        var agreement = await _options.SameAnswer.MeasureAsync(lesson.Episode.Request, [draft, lesson.Truth], cancellationToken).ConfigureAwait(false);
        return agreement[0, 1] is { } value ? value >= Same : null;
    }

    // A deferred draft says something about the strategy and nothing about what is kept, unless a draw deferred it.
    private async Task CountAsync(
        Lesson lesson, Attempt attempt, StrategyUse use, string scope, bool agrees, CancellationToken cancellationToken)
    {
        var isChecked = UpliftLedger.IsKept(attempt);
        var kind = (isChecked, agrees) switch
        {
            (true, true) => StrategyOutcomeKind.Won,
            (true, false) => StrategyOutcomeKind.Lost,
            (false, true) => StrategyOutcomeKind.DraftAgreed,
            (false, false) => StrategyOutcomeKind.DraftDisagreed,
        };
        foreach (var match in use.AreShown ? use.Matches : [])
        {
            await _repository.RecordAsync(
                new StrategyOutcome(scope, match.Strategy.Id, kind, isChecked ? lesson.Propensity : 1), cancellationToken).ConfigureAwait(false);
            if (kind == StrategyOutcomeKind.Lost)
            {
                await RetireIfItLosesAsync(match.Strategy, scope, cancellationToken).ConfigureAwait(false);
            }
            else if (agrees && match.Strategy.Status == StrategyStatus.Quarantined)
            {
                await _repository.AddAsync(match.Strategy with { Status = StrategyStatus.Active }, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task RetireIfItLosesAsync(Strategy strategy, string scope, CancellationToken cancellationToken)
    {
        var found = await FindAsync(strategy.Query, scope, cancellationToken).ConfigureAwait(false);
        if (found.FirstOrDefault(match => match.Strategy.Id == strategy.Id).Strategy is { } now && WinShare.CannotReach(now.Counters, _options.RetireBelow))
        {
            await RetireAsync(now, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RetireAsync(Strategy strategy, CancellationToken cancellationToken)
    {
        if (await _repository.AddAsync(strategy with { Status = StrategyStatus.Retired }, cancellationToken).ConfigureAwait(false))
        {
            Interlocked.Increment(ref _retired);
        }
    }

    private async Task WriteAsync(Lesson lesson, string scope, CancellationToken cancellationToken)
    {
        if (_options.MinimumExpertConfidence is { } least && !(lesson.Truth.Confidence.HasValue && lesson.Truth.Confidence.Value >= least))
        {
            return;
        }

        var query = Redacted(lesson.Episode.Request.Query);
        if (string.IsNullOrWhiteSpace(query))
        {
            return;
        }

        _uplift.CountNote(cost: 0, query.Length);
        var duplicates = await FindAsync(query, scope, cancellationToken).ConfigureAwait(false);
        if (duplicates.Count > 0 && lesson.Source != TruthSource.Host)
        {
            Interlocked.Increment(ref _duplicates);
            return;
        }

        if (_options.Verify is { } verify && !await verify(lesson, cancellationToken).ConfigureAwait(false))
        {
            return;
        }

        var (note, modelId) = await NoteAsync(lesson, cancellationToken).ConfigureAwait(false);
        if (note is not null && Redacted(note) is var text && !string.IsNullOrWhiteSpace(text))
        {
            var strategy = new Strategy(scope, query, text, _producer)
            {
                ModelId = modelId,
                CreatedAt = _time.GetUtcNow(),
                Status = _options.Quarantine ? StrategyStatus.Quarantined : StrategyStatus.Active,
            };
            if (await _repository.AddAsync(strategy, cancellationToken).ConfigureAwait(false))
            {
                Interlocked.Increment(ref _distilled);
            }

            foreach (var match in duplicates)
            {
                await RetireAsync(match.Strategy, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async ValueTask<(string? Note, string? ModelId)> NoteAsync(Lesson lesson, CancellationToken cancellationToken)
    {
        if (lesson.Truth.Note is { } note)
        {
            return (note, lesson.Truth.Response.ModelId);
        }

        var request = DistillationPrompt.For(lesson.Episode.Request.Query, lesson.Truth.Response.Text);
        var (reply, cost) = await _ask(lesson.Episode, request, cancellationToken).ConfigureAwait(false);
        _uplift.CountNote(cost, characters: 0);
        return reply is null ? default : (DistillationPrompt.Read(reply), reply.Response.ModelId);
    }

    private ValueTask<IReadOnlyList<StrategyMatch>> FindAsync(string query, string scope, CancellationToken cancellationToken)
    {
        const int Many = 20;
        return _repository.FindAsync(new StrategyQuery(scope, query) { Count = Many, MinimumSimilarity = _options.DuplicateSimilarity, IncludesQuarantined = true }, cancellationToken);
    }

    private string Redacted(string text) => _options.Redact?.Invoke(text) ?? text;

    private readonly record struct Turn(Lesson? Lesson, string Scope, TaskCompletionSource? Settled);
}
