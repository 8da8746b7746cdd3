using System.Collections.Immutable;
using System.Globalization;
using LlmCascade.Telemetry;

namespace LlmCascade.Escalation;

/// <summary>The loop: asks one tier after the other, keeps the first answer that its policy keeps, and asks the expert otherwise.</summary>
/// <remarks>
/// <para>
/// Thread-safe and meant to be a singleton: its shape is immutable, one request's state lives in its attempt tree, and
/// only each tier's failures in a row are shared between requests.
/// </para>
/// <para>
/// A cascade is itself a generator, so cascades nest: a nested one's attempts become children of the attempt around it,
/// its costs add up there, and the answer of its expert is kept unasked.
/// </para>
/// </remarks>
public sealed class Cascade : IGenerator
{
    private readonly RestGate[] _gates;
    private readonly CallGuard _guard;
    private readonly Tier? _conversationOwner;
    private readonly Acceptance _accept;
    private long _ordinal;

    /// <summary>Initializes a cascade.</summary>
    /// <param name="tiers">The tiers, cheapest first; with none, the expert always answers.</param>
    /// <param name="expert">The expert.</param>
    /// <param name="settings">How time, failures and chance are treated; the defaults when <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">Two names are equal, or two tiers own conversations.</exception>
    public Cascade(IEnumerable<Tier> tiers, Expert expert, CascadeSettings? settings = null)
    {
        ArgumentNullException.ThrowIfNull(tiers);
        ArgumentNullException.ThrowIfNull(expert);
        Tiers = [.. tiers];
        Expert = expert;
        Settings = settings ?? new CascadeSettings();
        Shape.ThrowIfAmbiguous(Tiers, expert);
        _gates = [.. Tiers.Select(_ => new RestGate(Settings))];
        _guard = new CallGuard(Settings);
        _conversationOwner = Tiers.SingleOrDefault(tier => tier.OwnsConversations);
        _accept = AcceptAsync;
    }

    /// <summary>Gets the tiers, cheapest first.</summary>
    public ImmutableArray<Tier> Tiers { get; }

    /// <summary>Gets the expert.</summary>
    public Expert Expert { get; }

    /// <summary>Gets how time, failures and chance are treated.</summary>
    public CascadeSettings Settings { get; }

    /// <summary>Gets the number of calls that ignored their cancellation, were left behind, and are still running.</summary>
    public int AbandonedCalls => _guard.AbandonedCalls;

    /// <summary>Answers one request and tells what happened on the way.</summary>
    /// <param name="request">The request.</param>
    /// <param name="options">What the request asks of the cascade itself.</param>
    /// <param name="cancellationToken">Stops the work in flight; a call that ignores it is left behind after the grace time.</param>
    /// <returns>The answer and its episode.</returns>
    /// <exception cref="CascadeException">The expert failed and no tier's answer was kept.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public ValueTask<CascadeResult> RunAsync(
        GenerationRequest request, CascadeRequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        options ??= CascadeRequestOptions.Default;
        return RunAsync(request, options, TakeKey(options), stream: null, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The context was not made by LlmCascade.</exception>
    /// <exception cref="CascadeException">The expert failed and no tier's answer was kept.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public async ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var parent = AttemptNode.Of(context);
        using var total = Countdown.Start(Settings.Timeout, Settings.TimeProvider, parent.Countdown, cancellationToken);
        var passage = new Passage(request, parent, total, cancellationToken);
        if (passage.ContinuesConversation && _conversationOwner is not null)
        {
            return await ContinueAtOwnerAsync(_conversationOwner, passage);
        }

        for (var i = 0; i < Tiers.Length && !passage.IsForExpert; i++)
        {
            var (verdict, generation) = await AskTierAsync(Tiers[i], _gates[i], passage);
            if (verdict.Decision == Decision.Keep)
            {
                return Tiers[i].OwnsConversations ? generation! : Conversation.Hide(generation!);
            }

            if (verdict.Decision == Decision.DeferToExpert)
            {
                break;
            }
        }

        return await AskExpertAsync(passage);
    }

    /// <summary>Takes the request's key. The ordinal is taken while the caller is still calling, so it follows the order of calls.</summary>
    internal string TakeKey(CascadeRequestOptions options) =>
        options.Key ?? Interlocked.Increment(ref _ordinal).ToString(CultureInfo.InvariantCulture);

    internal async ValueTask<CascadeResult> RunAsync(
        GenerationRequest request,
        CascadeRequestOptions options,
        string key,
        LiveStream? stream,
        CancellationToken cancellationToken)
    {
        var state = new EpisodeState(Settings, options, key, stream);
        var root = AttemptNode.Root(state);
        try
        {
            var answer = await GenerateAsync(request, root, cancellationToken);
            root.Answered(answer);
            root.Judged(root.LastVerdict);
            return new CascadeResult(answer, Publish(request, root));
        }
        catch (Exception e)
        {
            root.Failed(e);
            root.Judged(root.LastVerdict);
            Publish(request, root);
            throw;
        }
    }

    private async ValueTask<(Verdict Verdict, Generation? Generation)> AskTierAsync(
        Tier tier, RestGate gate, Passage passage)
    {
        passage.ThrowIfCancelled();
        using var attempt = passage.Parent.BeginTier(tier, passage.Request);
        var reason = passage.ReasonToSkip;
        if (reason is not null || !gate.TryEnter(out var isProbe))
        {
            var skip = Verdict.Defer(reason ?? Reasons.Resting);
            attempt.Judged(skip);
            return (skip, null);
        }

        using var limit = passage.StartLimit(tier.Timeout, attempt);
        var token = limit?.Token ?? passage.Token;
        var verdict = Verdict.NoOpinion;
        bool? failed = null;
        try
        {
            verdict = await _guard.WaitAsync(DecideAsync(tier, passage.Request, attempt, token), attempt, token);
            failed = verdict.Reason is Reasons.Failed or Reasons.Empty ? true : attempt.Generation is null ? null : false;
        }
        catch (Exception e)
        {
            // Only a cancelled token gets here: everything else became a verdict.
            verdict = passage.VerdictOn(limit);
            attempt.Failed(passage.Explain(e, limit, tier.Name));
            attempt.Judged(verdict);
            passage.ThrowIfCancelled(e);
            failed = true;
        }
        finally
        {
            gate.Leave(failed, isProbe);
        }

        attempt.Judged(verdict);
        return (verdict, attempt.Generation);
    }

    private static async ValueTask<Verdict> DecideAsync(
        Tier tier, GenerationRequest request, AttemptNode attempt, CancellationToken cancellationToken)
    {
        var whatFails = Reasons.PolicyFailed;
        try
        {
            var entry = await tier.Policy.BeforeAsync(request, attempt, cancellationToken);
            if (entry.IsDeferral)
            {
                return entry;
            }

            whatFails = Reasons.Failed;
            var generation = ResponseCheck.ThrowIfError(
                await tier.Generator.GenerateAsync(request, attempt, cancellationToken), attempt);
            if (attempt.Verdict.IsDeferral)
            {
                // Decided while the tier was answering.
                return attempt.Verdict;
            }

            if (ResponseCheck.IsEmpty(generation.Response))
            {
                return Verdict.Defer(Reasons.Empty, generation.Confidence);
            }

            if (generation.IsAbstained || generation.IsAuthoritative)
            {
                return generation.IsAbstained
                    ? Verdict.Defer(Reasons.Abstained, generation.Confidence)
                    : Verdict.Keep(Reasons.Authoritative, generation.Confidence);
            }

            whatFails = Reasons.PolicyFailed;
            var verdict = await tier.Policy.AfterAsync(request, generation, attempt, cancellationToken);
            return verdict.Decision switch
            {
                Decision.NoOpinion => Verdict.Defer(Reasons.Undecided, generation.Confidence),
                Decision.Abstain => verdict with { Decision = Decision.Defer },
                _ => verdict,
            };
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            attempt.Failed(e);
            return attempt.Verdict.IsDeferral ? attempt.Verdict : Verdict.Defer(whatFails);
        }
    }

    private async ValueTask<Generation> AskExpertAsync(Passage passage)
    {
        passage.ThrowIfCancelled();
        using var attempt = passage.Parent.BeginFinal(
            Expert.Name, AttemptRole.Expert, Expert.Prices, hidesConversation: _conversationOwner is not null);
        var generation = await AnswerAsync(Expert.Generator, Expert.Timeout, _accept, attempt, passage);
        generation = attempt.Verdict.Decision == Decision.Keep
            ? generation with { IsAuthoritative = true }
            : generation with { IsAuthoritative = true, IsAbstained = true };
        return _conversationOwner is null ? generation : Conversation.Hide(generation);
    }

    // What lives on a provider's server can be continued by its owner alone, who then stands in for the expert.
    private async ValueTask<Generation> ContinueAtOwnerAsync(Tier owner, Passage passage)
    {
        passage.ThrowIfCancelled();
        using var attempt = passage.Parent.BeginFinal(
            owner.Name, AttemptRole.Tier, owner.Prices, hidesConversation: false);
        return await AnswerAsync(
            owner.Generator,
            owner.Timeout,
            static (_, generation, _, _) => new(Verdict.Keep(Reasons.Conversation, generation.Confidence)),
            attempt,
            passage);
    }

    // Asks whoever has the last word: from here on there is an answer or an exception.
    private async ValueTask<Generation> AnswerAsync(
        IGenerator generator, TimeSpan? timeout, Acceptance accept, AttemptNode attempt, Passage passage)
    {
        using var limit = passage.StartLimit(timeout, attempt);
        var token = limit?.Token ?? passage.Token;
        var reason = Reasons.Failed;
        Generation? answer = null;
        try
        {
            token.ThrowIfCancellationRequested();
            var generation = ResponseCheck.ThrowIfError(
                await _guard.WaitAsync(generator.GenerateAsync(passage.Request, attempt, token), attempt, token), attempt);
            if (ResponseCheck.IsEmpty(generation.Response))
            {
                reason = Reasons.Empty;
                throw new InvalidOperationException($"'{attempt.Name}' returned an empty answer.");
            }

            answer = generation;
            attempt.Judged(await _guard.WaitAsync(accept(passage.Request, generation, attempt, token), attempt, token));
            return generation;
        }
        catch (Exception e)
        {
            var verdict = token.IsCancellationRequested ? passage.VerdictOn(limit) : Verdict.NoOpinion with { Reason = reason };
            attempt.Failed(passage.Explain(e, limit, attempt.Name));
            attempt.Judged(verdict with { Decision = answer is null ? Decision.NoOpinion : Decision.Abstain });
            passage.ThrowIfCancelled(e);
            if (answer is not null)
            {
                // Time ran out for the policy alone. The answer is there and paid for; only nobody vouches for it.
                return answer;
            }

            throw new CascadeException(passage.Parent.ToAttempt().Children);
        }
    }

    private async ValueTask<Verdict> AcceptAsync(
        GenerationRequest request, Generation generation, AttemptNode attempt, CancellationToken cancellationToken)
    {
        if (generation.IsAbstained)
        {
            return new Verdict(Decision.Abstain, Reasons.Abstained, generation.Confidence);
        }

        if (Expert.Policy is null)
        {
            return Verdict.Keep(Reasons.Expert, generation.Confidence);
        }

        try
        {
            var verdict = await Expert.Policy.AfterAsync(request, generation, attempt, cancellationToken);
            return verdict.Decision switch
            {
                Decision.Keep => verdict,
                Decision.NoOpinion => new Verdict(Decision.Abstain, Reasons.Undecided, generation.Confidence),
                _ => verdict with { Decision = Decision.Abstain },
            };
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            attempt.Failed(e);
            return new Verdict(Decision.Abstain, Reasons.PolicyFailed, generation.Confidence);
        }
    }

    private Episode Publish(GenerationRequest request, AttemptNode root)
    {
        root.Dispose();
        var episode = root.ToEpisode(request);
        try
        {
            Settings.OnEpisode?.Invoke(episode);
        }
        catch (Exception e)
        {
            Log.EpisodeObserverFailed(Settings.Logger, e, episode.Id);
        }

        return episode;
    }

    private delegate ValueTask<Verdict> Acceptance(
        GenerationRequest request, Generation generation, AttemptNode attempt, CancellationToken cancellationToken);
}
