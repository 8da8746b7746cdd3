namespace LlmCascade.Learning;

/// <summary>Brings lessons to the learners of one cascade: those of its episodes, and those that the host reports later.</summary>
/// <remarks>
/// Thread-safe. Learners have one caller, in the order in which episodes are offered and truths are reported. Disposing
/// stops learning.
/// </remarks>
internal sealed class LearningFeed : ICascadeFeedback, IAsyncDisposable
{
    private readonly LessonQueue _queue;
    private readonly RecentEpisodes _recent;
    private readonly Func<Episode, bool>? _accept;
    private readonly LearningLedger _ledger;
    private readonly bool _waits;

    /// <summary>Initializes a feed.</summary>
    /// <param name="learners">The learners. One that fails costs the others nothing.</param>
    /// <param name="options">How lessons are brought.</param>
    /// <param name="ledger">Where lessons are counted.</param>
    /// <param name="accept">Whether an expert's answer may be learned from, asked on the request's thread; <see langword="null"/> for every one.</param>
    /// <param name="time">The clock; the system's when <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public LearningFeed(
        IEnumerable<IOnlineLearner> learners,
        LearningOptions options,
        LearningLedger ledger,
        Func<Episode, bool>? accept = null,
        TimeProvider? time = null)
    {
        var mistakes = string.Join(' ', options.FindMistakes());
        if (mistakes.Length > 0)
        {
            throw new ArgumentException(mistakes, nameof(options));
        }

        time ??= TimeProvider.System;
        _queue = new LessonQueue(learners, options, ledger, time);
        _recent = new RecentEpisodes(options.FeedbackCapacity, options.FeedbackExpiry, time);
        _accept = accept;
        _ledger = ledger;
        _waits = !options.Background;
    }

    /// <summary>Learns what an episode teaches, and remembers the episode for feedback. It never throws.</summary>
    /// <param name="episode">The episode, as it was published.</param>
    /// <param name="cancellationToken">Stops waiting; the lesson is learned all the same.</param>
    /// <returns>A task that completes once the lesson has been learned; in the background, at once.</returns>
    public async ValueTask OfferAsync(Episode episode, CancellationToken cancellationToken = default)
    {
        if (episode.AllowsLearning
            && FindLesson(episode) is { } lesson
            && _queue.Add(lesson) is { } over
            && _waits)
        {
            await over.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<FeedbackOutcome> ReportAsync(
        string episodeId, Generation truth, TruthSource source, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(episodeId);
        ArgumentNullException.ThrowIfNull(truth);
        if (!Enum.IsDefined(source))
        {
            throw new ArgumentOutOfRangeException(
                nameof(source), source, $"There is no such source. The sources are {string.Join(", ", Enum.GetNames<TruthSource>())}.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        Task? over = null;
        var outcome = _recent.Take(
            episodeId, episode => (over = _queue.Add(new Lesson(episode, truth, source, Propensity: 1))) is not null);
        if (_waits && over is not null)
        {
            await over.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        return outcome;
    }

    /// <summary>Does something while nothing is being learned, such as capturing a checkpoint; also after learning has stopped.</summary>
    /// <param name="action">What is done, once the lessons so far are learned. It holds up all learning.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>What came of it.</returns>
    /// <exception cref="InvalidOperationException">A learner asks for it, in the middle of its lesson.</exception>
    /// <exception cref="TimeoutException">Learning has stopped, and a learner has not.</exception>
    public Task<T> BetweenLessonsAsync<T>(Func<T> action, CancellationToken cancellationToken = default) =>
        _queue.BetweenLessonsAsync(action, cancellationToken);

    /// <summary>Takes no more lessons, and learns those that are waiting, for as long as <see cref="LearningOptions.DrainTimeout"/> says.</summary>
    /// <param name="cancellationToken">Ends that time early.</param>
    /// <returns>The number of lessons that are lost. It is logged as well.</returns>
    public Task<long> StopAsync(CancellationToken cancellationToken = default) => _queue.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    private Lesson? FindLesson(Episode episode)
    {
        var lesson = ExpertLesson.Of(episode);
        try
        {
            // The caller may edit its messages once it has the answer, so the question is fixed before.
            _ = episode.Request.Query;
            _recent.Keep(episode);
            return lesson is not null && _accept?.Invoke(episode) is not false ? lesson : null;
        }
        catch (Exception e)
        {
            _ledger.LogFailure("AcceptForLearning", episode.Id, e);
            if (lesson is not null)
            {
                _ledger.CountFailed(lesson.Source);
            }

            return null;
        }
    }
}
