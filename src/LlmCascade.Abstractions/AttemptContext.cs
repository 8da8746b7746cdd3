using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>One open node of a request's attempt tree: where a component says what it did, and asks what it may do.</summary>
/// <remarks>
/// The library makes the contexts; nobody else derives from this class. All members are thread-safe, so members of an
/// ensemble may share a parent. What is said after the attempt was closed is ignored: the episode has been published.
/// </remarks>
public abstract class AttemptContext
{
    internal AttemptContext()
    {
    }

    /// <summary>Gets the id of the episode, the same for every attempt of one request.</summary>
    public abstract string EpisodeId { get; }

    /// <summary>Gets the scope, usually the tenant, that stored knowledge may be shared in.</summary>
    /// <value><see langword="null"/> when the request names none.</value>
    public abstract string? Scope { get; }

    /// <summary>Gets the time at which this attempt is stopped.</summary>
    /// <value><see langword="null"/> when nothing limits it. It moves while a streaming consumer keeps the answer waiting.</value>
    public abstract DateTimeOffset? Deadline { get; }

    /// <summary>Gets whether the caller asked for a streamed answer.</summary>
    public abstract bool IsStreaming { get; }

    /// <summary>Gets whether the attempt speaks for the outermost expert: its own, and experts and steps nested in it.</summary>
    /// <value>The model id that the caller asked for is meant for such attempts alone.</value>
    public abstract bool IsExpert { get; }

    /// <summary>Derives a seed for one random decision of this attempt.</summary>
    /// <param name="purpose">What the draw is for; other purposes get unrelated seeds.</param>
    /// <returns>
    /// A hash of the outermost cascade's seed, the request's key, the path of attempt names, each with its number among
    /// siblings of the same name, and <paramref name="purpose"/>: the same on every run, whatever else runs at the time.
    /// </returns>
    public abstract ulong Seed(string purpose);

    /// <summary>Opens a child: an ensemble member, a judge, a step, a nested cascade's tier.</summary>
    /// <param name="name">The child's name, not empty.</param>
    /// <param name="role">What the child does.</param>
    /// <param name="prices">What the child's calls cost; <see langword="null"/> when that is unknown.</param>
    /// <returns>The child, open. The caller says what came of it, and disposes it when the work is done.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty.</exception>
    public abstract OpenAttempt Begin(string name, AttemptRole role, Prices? prices = null);

    /// <summary>Records one paid call, also one that failed or was cut short.</summary>
    /// <param name="usage">What the provider reported, copied; <see langword="null"/> when it reported nothing.</param>
    /// <param name="cost">What the call cost; <see langword="null"/> to derive it from the attempt's prices.</param>
    /// <param name="isPartial">Whether the call ended before its usage was complete, which makes it a lower bound.</param>
    /// <param name="outputTokenLimit">The most output tokens that the request allowed; <see langword="null"/> when it set no limit.</param>
    public abstract void Paid(
        UsageDetails? usage, decimal? cost = null, bool isPartial = false, long? outputTokenLimit = null);

    /// <summary>Asks whether an unfinished answer can still be kept.</summary>
    /// <param name="reachable">The confidences that the finished answer can still have.</param>
    /// <returns>
    /// <see langword="false"/> when the decision is certain already: stop paying and return what there is. Only a tier's
    /// own attempt has a policy to ask; in a child that a component began it is always <see langword="true"/>.
    /// </returns>
    public abstract bool CanContinue(ConfidenceRange reachable);

    /// <summary>Shows one update to the caller if this attempt is live, and does nothing if it is not.</summary>
    /// <param name="update">The update. It is copied, never changed.</param>
    /// <param name="cancellationToken">Stops waiting for the consumer.</param>
    /// <returns>A task that completes when the consumer has room; time limits stand still meanwhile.</returns>
    /// <remarks>Live is the outermost expert, and experts and steps nested in it. One of them shows something at a time.</remarks>
    public abstract ValueTask EmitAsync(ChatResponseUpdate update, CancellationToken cancellationToken = default);

    /// <summary>Draws a number from 0 to below 1 for one random decision: the upper 53 bits of its <see cref="Seed"/>, an even grid.</summary>
    internal double Draw(string purpose) => (Seed(purpose) >> 11) * (1.0 / (1UL << 53));

    /// <summary>Finds what a tier of the same cascade has answered that was asked before; <see langword="null"/> where it was not.</summary>
    internal virtual Generation? FindAnswer(string tier) => null;

    /// <summary>Gets what the tiers of the same cascade said that were asked before and deferred, where something may be learned from the request.</summary>
    /// <value><see langword="null"/> for one that had no answer.</value>
    internal virtual IReadOnlyList<Generation?> DeferredAnswers => [];

    /// <summary>Gets the attempt's own name: the tier's, the expert's, the step's.</summary>
    internal virtual string Name => "";

    /// <summary>Gets what the tiers of the same cascade answered that were asked before and deferred, with why they did.</summary>
    internal virtual IReadOnlyList<(string Name, Generation Answer, Verdict Verdict)> Rejected => [];

    /// <summary>Gets or sets whether no updates are shown, also not those of children that are begun meanwhile.</summary>
    internal virtual bool IsHeldBack { get; set; }

    /// <summary>Says what would be decided, from what the confidence can still become, and records nothing.</summary>
    internal virtual Verdict Foresee(ConfidenceRange reachable) => Verdict.NoOpinion;

    /// <summary>Waits for a call that was made in this attempt as long as it may take, and no longer.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled, and the call ended or was left behind after the grace time.</exception>
    internal virtual ValueTask<T> WaitAsync<T>(ValueTask<T> call, CancellationToken cancellationToken) => call;

    /// <summary>Says who is asked in this attempt, so that the answer can serve others who would ask the same.</summary>
    internal virtual void Asks(object source, GenerationRequest request)
    {
    }

    /// <summary>Takes what a source has answered in another attempt of this episode to the same request, which makes this one free; <see langword="null"/> where it was not asked, or has no answer.</summary>
    internal virtual Generation? TakeAnswerOf(object source, GenerationRequest request) => null;

    /// <summary>Makes the attempt's span the current activity, so that the spans of the calls in it nest under it.</summary>
    /// <remarks>For the beginning of an async method, whose caller keeps the current activity that it has.</remarks>
    internal virtual void MakeCurrent()
    {
    }
}
