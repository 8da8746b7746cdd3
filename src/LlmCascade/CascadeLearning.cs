using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using LlmCascade.Deferral;
using LlmCascade.Learning;
using LlmCascade.Persistence;
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
public sealed class CascadeLearning : ICascadeFeedback, IAsyncDisposable
{
    private readonly OnlineCascade? _students;
    private readonly LearningFeed _feed;
    private readonly LearningLedger _ledger;
    private readonly SpendingNote _note = new();
    private readonly CheckpointStore? _store;
    private readonly CheckpointStore? _noteStore;
    private readonly bool _startsUntrainedIfCorrupt;
    private readonly int _saveEvery;
    private readonly ILogger _logger;
    private readonly string _cascade;
    private long _savedAt;
    private int _isSaving;
    private int _isDisposed;

    internal CascadeLearning(
        string cascade, LearningSetup setup, OnlineCascade? students, SpendingController? spending, LearningLedger ledger, TimeProvider time, ILogger logger)
    {
        _cascade = cascade;
        _students = students;
        _ledger = ledger;
        _logger = logger;
        Budget = spending?.Budget;
        _feed = new LearningFeed(
            students is null ? setup.Learners : [students.Learner, .. setup.Learners], setup.Options, ledger, setup.Accept, time,
            setup.Learners.Count == 0 ? students?.Seats[0].Student.Labels : null);
        _startsUntrainedIfCorrupt = setup.StartsUntrainedIfCorrupt;
        _saveEvery = setup.SaveEvery;
        if (setup.Path is { } path && students is not null)
        {
            var parts = students.Parts;
            _store = new CheckpointStore(
                path, spending is null ? parts : parts.Append(KeyValuePair.Create<string, ICheckpointed>("spending", spending)), time);
            _noteStore = new CheckpointStore(path + ".spent", [KeyValuePair.Create<string, ICheckpointed>("spent", _note)], time);
            Budget?.WriteDown = NoteSpending;
        }
    }

    /// <summary>Gets how the students are doing, in the order in which they are asked.</summary>
    public ImmutableArray<StudentState> Students =>
        _students is null ? [] : [.. _students.Seats.Select(seat => seat.ToState())];

    /// <summary>Gets the limit of the expert's calls; <see langword="null"/> without one.</summary>
    public ExpertBudget? Budget { get; }

    /// <summary>Gets the number of lessons that were learned.</summary>
    public long Learned => _ledger.Learned;

    /// <summary>Gets the number of lessons that a learner failed on.</summary>
    public long Failed => _ledger.Failed;

    /// <summary>Gets the number of lessons that found no room in the background, or were left at shutdown.</summary>
    public long Dropped => _ledger.Dropped;

    /// <summary>Gets the number of lessons that wait or are being learned.</summary>
    public int Waiting => _ledger.Backlog;

    /// <summary>Loads what was saved, all of it or nothing.</summary>
    /// <param name="cancellationToken">Stops before anything is loaded.</param>
    /// <returns>Whether there was something to load; <see langword="false"/> also where a damaged file was passed over, as the host chose.</returns>
    /// <exception cref="InvalidOperationException">The cascade was not told where: <see cref="CascadeBuilder.SaveLearningTo"/> says it.</exception>
    /// <exception cref="CheckpointException">The file is damaged or does not fit, and the host did not choose to start untrained.</exception>
    public async Task<bool> LoadAsync(CancellationToken cancellationToken = default)
    {
        var store = _store ?? throw NoPath();
        try
        {
            var loaded = await _feed.BetweenLessonsAsync(() => store.LoadAsync(cancellationToken), cancellationToken).Unwrap();
            await _noteStore!.LoadAsync(cancellationToken);
            _savedAt = Learned;

            // A process that was killed may have called after it saved, and not more often than it had written down.
            Budget?.Restore(Math.Max(Budget.Spent, _note.Spent), Math.Max(Budget.Requests, _note.Requests));
            if (loaded.IsFound)
            {
                Log.LearningLoaded(_logger, _cascade, store.Path, string.Join(", ", loaded.MissingParts));
            }

            return loaded.IsFound;
        }
        catch (CheckpointException e) when (_startsUntrainedIfCorrupt)
        {
            Log.CheckpointRejected(_logger, e, _cascade, e.Path);
            return false;
        }
    }

    /// <summary>Saves what was learned so far. The former file stands until the new one is on the disk.</summary>
    /// <param name="cancellationToken">Stops before the former file is replaced.</param>
    /// <returns>A task that completes when it is saved. Learning stops for a moment only.</returns>
    /// <exception cref="InvalidOperationException">The cascade was not told where: <see cref="CascadeBuilder.SaveLearningTo"/> says it.</exception>
    /// <exception cref="CheckpointException">The file cannot be written.</exception>
    public async Task SaveAsync(CancellationToken cancellationToken = default)
    {
        var store = _store ?? throw NoPath();
        await _feed.BetweenLessonsAsync(() => store.SaveAsync(cancellationToken), cancellationToken).Unwrap();
        Budget?.Settle();
    }

    /// <inheritdoc/>
    public ValueTask<FeedbackOutcome> ReportLabelAsync(string episodeId, string label, CancellationToken cancellationToken = default) =>
        _feed.ReportLabelAsync(episodeId, label, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<FeedbackOutcome> ReportAsync(
        string episodeId, Generation truth, TruthSource source, CancellationToken cancellationToken = default) =>
        _feed.ReportAsync(episodeId, truth, source, cancellationToken);

    /// <summary>Takes no more lessons, learns those that wait for as long as the options allow, and saves where it was told to.</summary>
    /// <returns>A task that completes when learning is over.</returns>
    public async ValueTask DisposeAsync()
    {
        await _feed.DisposeAsync();
        if (_store is not null && Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            await TrySaveAsync();
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
        await _feed.OfferAsync(episode, cancellationToken).ConfigureAwait(false);
        if (_store is not null && Learned - Volatile.Read(ref _savedAt) >= _saveEvery && Interlocked.Exchange(ref _isSaving, 1) == 0)
        {
            _savedAt = Learned;
            _ = SaveInBackgroundAsync();
        }
    }

    private async Task SaveInBackgroundAsync()
    {
        await TrySaveAsync();
        Volatile.Write(ref _isSaving, 0);
    }

    private async Task TrySaveAsync()
    {
        try
        {
            await SaveAsync();
        }
        catch (CheckpointException e)
        {
            Log.CheckpointNotSaved(_logger, e, _cascade, e.Path);
        }
    }

    // Without the note, a process that is killed may overspend by what it did since it saved; that is no reason to stop now.
    private void NoteSpending(long spent, long requests)
    {
        (_note.Spent, _note.Requests) = (spent, requests);
        try
        {
            _noteStore!.SaveAsync().GetAwaiter().GetResult();
        }
        catch (CheckpointException e)
        {
            Log.CheckpointNotSaved(_logger, e, _cascade, e.Path);
        }
    }

    private static InvalidOperationException NoPath() =>
        new("The cascade was not told where to keep what it learns. Add .SaveLearningTo(path).");
}
