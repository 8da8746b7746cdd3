using LlmCascade.Deferral;
using LlmCascade.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmCascade.Strategies;

/// <summary>Makes strategies out of lessons, counts what became of the answers that were given with them, and retires those that lose.</summary>
/// <remarks>
/// Lessons are taken at once and worked on off the path of all requests: counted one after the other, and beside that written down, which takes
/// calls of the expert. One that fails is logged and lost.
/// </remarks>
internal sealed class StrategyKeeper : IOnlineLearner
{
    private const double Same = 0.5;

    // What a repository takes as a probability.
    private const double LeastProbability = 1e-6;

    private readonly IStrategyRepository _repository;
    private readonly StrategyLearningOptions _options;
    private readonly StrategyScopes _scopes;
    private readonly ILogger _logger;
    private readonly UpliftLedger _ledger;
    private readonly NoteWriter _notes;
    private readonly WorkQueue<Work> _toCount;
    private readonly WorkQueue<Work> _toWrite;
    private long _dropped;
    private long _failed;

    /// <param name="repository">Where strategies are kept.</param>
    /// <param name="options">What becomes a strategy, and what becomes of it.</param>
    /// <param name="scopes">Which scope a request writes to.</param>
    /// <param name="producer">The name of the expert.</param>
    /// <param name="auditShare">The share of kept answers that is audited.</param>
    /// <param name="ask">Asks the expert.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where failures are logged.</param>
    public StrategyKeeper(
        IStrategyRepository repository,
        StrategyLearningOptions options,
        StrategyScopes scopes,
        string producer,
        double auditShare,
        AskExpertBeside ask,
        TimeProvider time,
        ILogger logger)
    {
        _repository = repository;
        _options = options;
        _scopes = scopes;
        _logger = logger;
        _ledger = new UpliftLedger(options.EmbeddingPerMillion, auditShare);
        _notes = new NoteWriter(repository, options, producer, ask, _ledger, time);
        _toCount = new WorkQueue<Work>(options.Capacity, CountAsync, Fail, time);
        _toWrite = new WorkQueue<Work>(options.Capacity, (work, cancellationToken) => _notes.WriteAsync(work.Lesson, work.Scope, cancellationToken), Fail, time);
    }

    public StrategyLearningState State => _notes.State with { Failed = Interlocked.Read(ref _failed), Dropped = Interlocked.Read(ref _dropped) };

    public StrategyUplift Uplift => _ledger.Uplift;

    /// <summary>Counts what was answered with strategies and without.</summary>
    public void Observe(Episode episode) => _ledger.CountAnswers(episode);

    /// <summary>Takes a lesson, without waiting for what becomes of it.</summary>
    public ValueTask LearnAsync(Lesson lesson, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lesson);
        if (_scopes.Of(lesson.Episode.Scope) is { } scope)
        {
            Add(_toCount, new Work(lesson, scope));
        }

        return default;
    }

    /// <summary>Waits until the lessons so far have been worked on.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        await _toCount.SettleAsync(cancellationToken).ConfigureAwait(false);
        await _toWrite.SettleAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes no more lessons, and works on those that wait for as long as it may.</summary>
    /// <param name="drainTimeout">How long. What is left then is lost.</param>
    public async Task StopAsync(TimeSpan drainTimeout)
    {
        await _toCount.StopAsync(drainTimeout).ConfigureAwait(false);
        await _toWrite.StopAsync(drainTimeout).ConfigureAwait(false);
    }

    private void Add(WorkQueue<Work> queue, Work work)
    {
        if (!queue.TryAdd(work) && Interlocked.Increment(ref _dropped) == 1)
        {
            Log.StrategyLessonsDropped(_logger, _options.Capacity);
        }
    }

    private void Fail(Work work, Exception failure)
    {
        Interlocked.Increment(ref _failed);
        Log.StrategyNotLearned(_logger, work.Lesson.Episode.Id, failure.GetType());
    }

    private async Task CountAsync(Work work, CancellationToken cancellationToken)
    {
        // What a tier kept and got right need not be told to it.
        var isNews = false;
        var lesson = work.Lesson;
        foreach (var attempt in UpliftLedger.AnswersOf(lesson.Episode))
        {
            var agrees = await AgreesAsync(lesson, attempt, cancellationToken).ConfigureAwait(false);
            isNews |= (attempt.Verdict.IsDeferral || agrees == false) && !IsKnown(attempt.Generation?.Strategies, agrees, lesson.Source);
            if (attempt.Generation?.Strategies is { } use && agrees is { } isSame && !WasCounted(lesson, attempt))
            {
                _ledger.CountChecked(attempt, use, lesson, isSame);
                await RecordAsync(work, attempt, use, isSame, cancellationToken).ConfigureAwait(false);
            }
        }

        if (isNews)
        {
            Add(_toWrite, work);
        }
    }

    // What was shown has led to the right answer already, or is of no use to the tier. Of what the host says the tier shall hear.
    private static bool IsKnown(StrategyUse? use, bool? agrees, TruthSource source) =>
        use is not null && ((use.AreShown && agrees == true) || (!use.WantsAnother && source != TruthSource.Host));

    // The expert's own lesson came before what the host reports about its answer.
    private static bool WasCounted(Lesson lesson, Attempt attempt) =>
        lesson is { Source: TruthSource.Host, Episode: { Answerer.Role: AttemptRole.Expert, Answer.IsAbstained: false } } && !UpliftLedger.IsKept(attempt);

    // Half an answer, which was stopped because it would not be kept, agrees with nothing.
    private async ValueTask<bool?> AgreesAsync(Lesson lesson, Attempt attempt, CancellationToken cancellationToken)
    {
        if (attempt.Generation is not { } draft || attempt.Verdict.Reason == DeferralReasons.ThresholdUnreachable)
        {
            return null;
        }

        var agreement = await _options.SameAnswer.MeasureAsync(lesson.Episode.Request, [draft, lesson.Truth], cancellationToken: cancellationToken).ConfigureAwait(false);
        return agreement[0, 1] is { } value ? value >= Same : null;
    }

    // A deferred draft says something about the strategy and nothing about what is kept, unless a draw deferred it. What was drawn at random says nothing.
    private async Task RecordAsync(Work work, Attempt attempt, StrategyUse use, bool agrees, CancellationToken cancellationToken)
    {
        var isChecked = UpliftLedger.IsKept(attempt);
        var probability = isChecked ? Math.Max(LeastProbability, _ledger.ProbabilityOf(attempt, work.Lesson)) : 1;
        var kind = (isChecked, agrees) switch
        {
            (true, true) => StrategyOutcomeKind.Won,
            (true, false) => StrategyOutcomeKind.Lost,
            (false, true) => StrategyOutcomeKind.DraftAgreed,
            (false, false) => StrategyOutcomeKind.DraftDisagreed,
        };
        foreach (var (strategy, _) in use.AreShown && !use.IsControl ? use.Matches : [])
        {
            await _repository.RecordAsync(new StrategyOutcome(work.Scope, strategy.Id, kind, probability), cancellationToken).ConfigureAwait(false);
            if (kind == StrategyOutcomeKind.Lost || strategy.Status == StrategyStatus.Quarantined)
            {
                await JudgeAsync(strategy, work.Scope, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // By what has been counted until now, of whichever requests.
    private async Task JudgeAsync(Strategy strategy, string scope, CancellationToken cancellationToken)
    {
        var found = await _notes.FindAsync(strategy.Query, scope, cancellationToken).ConfigureAwait(false);
        if (found.FirstOrDefault(match => match.Strategy.Id == strategy.Id).Strategy is not { } now)
        {
            return;
        }

        if (now.Status == StrategyStatus.Quarantined)
        {
            if (now.Counters.DraftsAgreed > now.Counters.DraftsDisagreed)
            {
                await _repository.AddAsync(now with { Status = StrategyStatus.Active }, cancellationToken).ConfigureAwait(false);
            }
        }
        else if (WinShare.CannotReach(now.Counters, _options.RetireBelow))
        {
            await _notes.RetireAsync(now, cancellationToken).ConfigureAwait(false);
        }
    }

    private sealed record Work(Lesson Lesson, string Scope);
}
