using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Learning;
using LlmCascade.Persistence;
using LlmCascade.Strategies;
using LlmCascade.Students;
using LlmCascade.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmCascade;

/// <summary>What a cascade learns: its students, what they have cost, and where it is kept.</summary>
/// <remarks>
/// Thread-safe. With a host, what was saved is loaded before the first request, and saved again when the host stops.
/// Without one, call <see cref="LoadAsync"/> before the first request, and <see cref="DisposeAsync"/> at the end.
/// </remarks>
[Experimental("LLMC001")]
public sealed class CascadeLearning : ICascadeFeedback, IDisposable, IAsyncDisposable
{
    private readonly OnlineCascade? _students;
    private readonly StrategyKeeper? _strategies;
    private readonly TimeSpan _drainTimeout;
    private readonly LearningFeed _feed;
    private readonly LearningLedger _ledger;
    private readonly CheckpointStore? _store;
    private readonly SpendingNote? _note;
    private readonly bool _startsUntrainedIfCorrupt;
    private readonly int _saveEvery;
    private readonly ILogger _logger;
    private readonly string _cascade;
    private readonly Lock _stopping = new();
    private Task? _stopped;
    private Cascade? _asked;
    private (long, long, long) _kept;
    private long _savedAt;
    private int _isSaving;
    private bool _mayReplace;

    internal CascadeLearning(
        string cascade,
        LearningSetup setup,
        OnlineCascade? students,
        StrategyKeeper? strategies,
        SpendingController? spending,
        LearningLedger ledger,
        TimeProvider time,
        ILogger logger)
    {
        _strategies = strategies;
        _drainTimeout = setup.Options.DrainTimeout;
        _cascade = cascade;
        _students = students;
        _ledger = ledger;
        _logger = logger;
        Budget = spending?.Budget;
        _feed = new LearningFeed(
            [.. new IOnlineLearner?[] { students?.Learner, strategies }.OfType<IOnlineLearner>(), .. setup.Learners], setup.Options, ledger, setup.Accept, time,
            setup.Learners.Count == 0 && strategies is null ? students?.Seats[0].Student.Labels : null);
        students?.OnDrift = () => Log.StudentsDrifted(_logger, _cascade);
        _startsUntrainedIfCorrupt = setup.StartsUntrainedIfCorrupt;
        _saveEvery = setup.SaveEvery;
        if (setup.Path is { } path)
        {
            _store = new CheckpointStore(path, PartsOf(setup, spending), time);
            _note = Budget is null ? null : new SpendingNote(path + ".spent", time, LogNotSaved);
            if (!File.Exists(path) && !File.Exists(path + ".spent"))
            {
                AllowReplacing();
            }
        }
    }

    /// <summary>Gets how the students are doing, in the order in which they are asked.</summary>
    public ImmutableArray<StudentState> Students =>
        _students is null ? [] : [.. _students.Seats.Select(seat => seat.ToState())];

    /// <summary>Gets the limit of the expert's calls; <see langword="null"/> without one.</summary>
    public ExpertBudget? Budget { get; }

    /// <summary>Gets the number of lessons that were learned, those among them that named no label.</summary>
    public long Learned => _ledger.Learned;

    /// <summary>Gets the number of lessons that a learner failed on.</summary>
    public long Failed => _ledger.Failed;

    /// <summary>Gets the number of lessons that found no room in the background, or were left at shutdown.</summary>
    public long Dropped => _ledger.Dropped;

    /// <summary>Gets the number of lessons that named no label, and so taught the students nothing; those before a restart included.</summary>
    public long Unparsed => _students?.Learner.Unparsed ?? 0;

    /// <summary>Gets how often a student began to agree less with the expert; before a restart included.</summary>
    public long Drifts => _students?.Learner.Drifts ?? 0;

    /// <summary>Gets the number of lessons that wait or are being learned, each as often as students have yet to learn it.</summary>
    public int Waiting => _ledger.Backlog + (_students?.Learner.Waiting ?? 0);

    /// <summary>Gets what has become of the lessons that strategies are made from.</summary>
    [Experimental("LLMC004")]
    public StrategyLearningState Strategies => _strategies?.State ?? default;

    /// <summary>Gets what strategies are good for, as far as some were held back and answers were checked.</summary>
    [Experimental("LLMC004")]
    public StrategyUplift StrategyUplift => _strategies?.Uplift ?? new StrategyUplift(default, default);

    /// <summary>Waits until what goes on beside the requests so far has ended: audits, their lessons, and strategies that are being written.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>A task that completes when it has ended.</returns>
    [Experimental("LLMC004")]
    public async Task SettleAsync(CancellationToken cancellationToken = default)
    {
        await (_asked?.SettleAuditsAsync() ?? Task.CompletedTask).WaitAsync(cancellationToken).ConfigureAwait(false);
        await _feed.BetweenLessonsAsync(static () => true, cancellationToken).ConfigureAwait(false);
        await (_strategies?.SettleAsync(cancellationToken) ?? Task.CompletedTask).ConfigureAwait(false);
    }

    /// <summary>Gets who numbers the cascade's requests.</summary>
    internal RequestNumber RequestNumber { get; } = new();

    // Whatever is learned, spent or drawn changes one of these.
    private (long, long, long) Progress => (Learned, Budget?.Requests ?? 0, RequestNumber.Latest);

    /// <summary>Loads what was saved, all of it or nothing.</summary>
    /// <param name="cancellationToken">Stops before anything is loaded.</param>
    /// <returns>Whether there was something to load; <see langword="false"/> also where a damaged file was passed over, as the host chose.</returns>
    /// <exception cref="InvalidOperationException">
    /// Requests were made before, or the cascade was not told where: <see cref="CascadeBuilder.SaveLearningTo"/> says it.
    /// </exception>
    /// <exception cref="CheckpointException">A file is damaged or does not fit, and the host did not choose to start untrained.</exception>
    /// <remarks>
    /// A note beside the file tells what was spent after it was saved. It is loaded also where the file was passed over,
    /// so that untrained students spend no budget twice.
    /// </remarks>
    public async Task<bool> LoadAsync(CancellationToken cancellationToken = default)
    {
        var store = _store ?? throw NoPath();
        var learned = await ReadAsync(store.ReadAsync, cancellationToken).ConfigureAwait(false);
        var spent = _note is null
            ? LoadedCheckpoint.Absent
            : await ReadAsync(_note.ReadAsync, cancellationToken).ConfigureAwait(false);
        await _feed.BetweenLessonsAsync(() => Install(learned, spent), cancellationToken).ConfigureAwait(false);
        if (learned.IsFound)
        {
            Log.LearningLoaded(_logger, _cascade, store.Path, string.Join(", ", learned.MissingParts));
        }

        return learned.IsFound;
    }

    /// <summary>Saves what was learned so far. The former file stands until the new one takes its place.</summary>
    /// <param name="cancellationToken">Stops before the former file is replaced.</param>
    /// <returns>A task that completes when it is saved. Learning stops for a moment only.</returns>
    /// <exception cref="InvalidOperationException">
    /// A learner calls it in the middle of a lesson; the file holds what was learned before and was not loaded; or the
    /// cascade was not told where: <see cref="CascadeBuilder.SaveLearningTo"/> says it.
    /// </exception>
    /// <exception cref="CheckpointException">What was learned, or the file, cannot be written.</exception>
    /// <exception cref="TimeoutException">Learning has stopped, and a learner ignores it.</exception>
    public async Task SaveAsync(CancellationToken cancellationToken = default)
    {
        var store = _store ?? throw NoPath();
        if (!_mayReplace)
        {
            throw new InvalidOperationException(
                $"'{store.Path}' holds what was learned before, and was not loaded. Call LoadAsync before the first request, or move the file away.");
        }

        await _feed.BetweenLessonsAsync(() => store.SaveAsync(cancellationToken), cancellationToken).Unwrap().ConfigureAwait(false);
        Budget?.Settle();
    }

    /// <inheritdoc/>
    public ValueTask<FeedbackOutcome> ReportLabelAsync(string episodeId, string label, CancellationToken cancellationToken = default) =>
        _feed.ReportLabelAsync(episodeId, label, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FeedbackOutcome> ReportAsync(
        string episodeId, Generation truth, TruthSource source, CancellationToken cancellationToken = default) =>
        _feed.ReportAsync(episodeId, truth, source, cancellationToken);

    /// <summary>Does what <see cref="DisposeAsync"/> does, and blocks until it is done.</summary>
    public void Dispose() => StopAsync(CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Takes no more lessons, learns those that wait for as long as the options allow, and saves where it was told to.</summary>
    /// <returns>A task that completes when learning is over and saved. What cannot be saved is logged.</returns>
    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None).ConfigureAwait(false);

    /// <summary>Does what <see cref="DisposeAsync"/> does.</summary>
    /// <param name="cancellationToken">Ends the time for the lessons that wait. What was learned is saved all the same.</param>
    internal Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_stopping)
        {
            return _stopped ??= StopOnceAsync(cancellationToken);
        }
    }

    /// <summary>Loads what was saved, where the cascade was told where.</summary>
    internal Task LoadIfKeptAsync(CancellationToken cancellationToken) =>
        _store is null ? Task.CompletedTask : LoadAsync(cancellationToken);

    internal IGenerator? GeneratorOf(string tier) => _students?.GeneratorOf(tier);

    internal IDeferralPolicy? PolicyOf(string tier) => _students?.PolicyOf(tier);

    internal void Remember(Episode episode) => _feed.Remember(episode);

    /// <summary>Learns what an answered request teaches. It never throws; whoever is cancelled waits no longer.</summary>
    internal async ValueTask LearnAsync(Episode episode, CancellationToken cancellationToken)
    {
        _students?.Observe(episode);
        _strategies?.Observe(episode);
        await _feed.OfferAsync(episode, cancellationToken).ConfigureAwait(false);
        if (_store is not null && Learned - Volatile.Read(ref _savedAt) >= _saveEvery && Interlocked.Exchange(ref _isSaving, 1) == 0)
        {
            Volatile.Write(ref _savedAt, Learned);

            // Without its context: a learner's own requests get here too, and it is not the learner who saves.
            ThreadPool.UnsafeQueueUserWorkItem(static learning => _ = learning.SaveInBackgroundAsync(), this, preferLocal: false);
        }
    }

    /// <summary>Says whose expert is asked for strategies.</summary>
    internal void Attach(Cascade cascade) => _asked = cascade;

    internal ValueTask<(Generation? Answer, decimal Cost)> AskExpertAsync(Episode episode, GenerationRequest request, CancellationToken cancellationToken) =>
        _asked!.AskExpertAfterAsync(episode, request, EscalationReasons.Distilled, cancellationToken);

    /// <summary>Learns what an audit has found. It never throws.</summary>
    internal ValueTask LearnAuditAsync(Lesson lesson) => _feed.OfferAuditAsync(lesson);

    private IEnumerable<KeyValuePair<string, ICheckpointed>> PartsOf(LearningSetup setup, SpendingController? spending)
    {
        var parts = setup.KeptLearners.ToDictionary(learner => $"learner {learner.Kind}");
        parts.Add("requests", RequestNumber);
        if (spending is not null)
        {
            parts.Add("spending", spending);
        }

        return parts.Concat(_students?.Parts ?? []);
    }

    // What is rejected is as good as absent, where the host wants that.
    private async Task<LoadedCheckpoint> ReadAsync(
        Func<CancellationToken, Task<LoadedCheckpoint>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read(cancellationToken).ConfigureAwait(false);
        }
        catch (CheckpointException e) when (_startsUntrainedIfCorrupt)
        {
            Log.CheckpointRejected(_logger, e, _cascade, e.Path);
            return LoadedCheckpoint.Absent;
        }
    }

    private bool Install(LoadedCheckpoint learned, LoadedCheckpoint spent)
    {
        if (Progress != _kept)
        {
            throw new InvalidOperationException("What was learned can be loaded before the first request only.");
        }

        learned.Install();
        spent.Install();

        // A process that was killed may have called after it saved, and not more often than it had written down.
        Budget?.Restore(Math.Max(Budget.Spent, _note?.Spent ?? 0), Math.Max(Budget.Requests, _note?.Requests ?? 0), _note?.Unused ?? 0);
        _kept = Progress;
        AllowReplacing();
        return true;
    }

    // Who forgot to load, or could not, must not lose what is there.
    private void AllowReplacing()
    {
        _mayReplace = true;
        Budget?.Note = _note;
    }

    // What was loaded and not used since is on the disk already; what could not be loaded must not be replaced.
    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        _asked?.StopShadows();
        await _feed.StopAsync(cancellationToken).ConfigureAwait(false);
        await (_strategies?.StopAsync(_drainTimeout) ?? Task.CompletedTask).ConfigureAwait(false);
        if (_store is not null && Progress != _kept)
        {
            await TrySaveAsync().ConfigureAwait(false);
        }

        _students?.Dispose();
    }

    private async Task SaveInBackgroundAsync()
    {
        try
        {
            await TrySaveAsync().ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isSaving, 0);
        }
    }

    private async Task TrySaveAsync()
    {
        try
        {
            await SaveAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogNotSaved(e);
        }
    }

    private void LogNotSaved(Exception failure) =>
        Log.CheckpointNotSaved(_logger, failure, _cascade, (failure as CheckpointException)?.Path ?? _store!.Path);

    private static InvalidOperationException NoPath() =>
        new("The cascade was not told where to keep what it learns. Add .SaveLearningTo(path).");
}
