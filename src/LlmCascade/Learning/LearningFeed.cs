using Microsoft.Extensions.AI;

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
    private readonly LabelSpace? _labels;
    private readonly bool _waits;

    /// <summary>Initializes a feed.</summary>
    /// <param name="learners">The learners. One that fails costs the others nothing.</param>
    /// <param name="options">How lessons are brought.</param>
    /// <param name="ledger">Where lessons are counted.</param>
    /// <param name="accept">Whether an expert's answer may be learned from, asked on the request's thread; <see langword="null"/> for every one.</param>
    /// <param name="time">The clock; the system's when <see langword="null"/>.</param>
    /// <param name="labels">The labels, where nothing else is learned; <see langword="null"/> where somebody learns from anything.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public LearningFeed(
        IEnumerable<IOnlineLearner> learners,
        LearningOptions options,
        LearningLedger ledger,
        Func<Episode, bool>? accept = null,
        TimeProvider? time = null,
        LabelSpace? labels = null)
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
        _labels = labels;
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

    /// <summary>Remembers an episode for feedback before it is learned.</summary>
    public void Remember(Episode episode)
    {
        if (episode.AllowsLearning)
        {
            _recent.Keep(episode);
        }
    }

    /// <inheritdoc/>
    public ValueTask<FeedbackOutcome> ReportLabelAsync(string episodeId, string label, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(episodeId);
        ArgumentException.ThrowIfNullOrWhiteSpace(label);
        var labels = _labels;
        if (_recent.Find(episodeId) is { } episode)
        {
            labels = episode.Request.Labels
                ?? throw new ArgumentException("The request asked for no label, so none can be its truth. Report a generation.", nameof(episodeId));
        }

        if (labels is not null && labels.IndexOf(label) < 0)
        {
            throw new ArgumentException($"'{label}' is none of the labels {labels}. Case counts.", nameof(label));
        }

        // Of an episode that is unknown or was reported before, nothing is learned in any case.
        var truth = new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, label)))
        {
            Labels = labels is null ? null : LabelDistribution.Certain(labels, label),
        };
        return ReportAsync(episodeId, truth, TruthSource.Host, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<FeedbackOutcome> ReportAsync(
        string episodeId, Generation truth, TruthSource source, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(episodeId);
        ArgumentNullException.ThrowIfNull(truth);
        if (_labels is not null && !_labels.Equals(truth.Labels?.Space))
        {
            throw new ArgumentException(
                $"Only labels are learned here, of {_labels}, and the truth {(truth.Labels is { } other ? $"speaks of {other.Space}" : "has none")}.", nameof(truth));
        }

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

    /// <summary>Learns what an audit has found. What the host knows better need not be learned from the expert any more.</summary>
    /// <param name="lesson">The lesson.</param>
    /// <returns>A task that completes once the lesson has been learned; in the background, at once.</returns>
    public async ValueTask OfferAuditAsync(Lesson lesson)
    {
        // Looked at and left there, because the host may still report.
        var reported = _recent.Take(lesson.Episode.Id, static _ => false);
        if (reported != FeedbackOutcome.AlreadyReported
            && IsAccepted(lesson.Episode with { Answer = lesson.Truth }, TruthSource.Audit)
            && _queue.Add(lesson) is { } over
            && _waits)
        {
            await over.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
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
        try
        {
            // The caller may edit its messages once it has the answer, so the question is fixed before.
            _ = episode.Request.Query;
        }
        catch (Exception e)
        {
            _ledger.LogFailure("QueryProjection", episode.Id, e);
            return null;
        }

        // What the host knows better need not be learned from the expert any more.
        var lesson = ExpertLesson.Of(episode);
        return _recent.Keep(episode) && lesson is not null && IsAccepted(episode, lesson.Source) ? lesson : null;
    }

    private bool IsAccepted(Episode episode, TruthSource source)
    {
        try
        {
            return _accept?.Invoke(episode) is not false;
        }
        catch (Exception e)
        {
            _ledger.LogFailure("AcceptForLearning", episode.Id, e);
            _ledger.CountFailed(source);
            return false;
        }
    }
}
