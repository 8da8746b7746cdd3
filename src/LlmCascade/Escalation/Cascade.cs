using System.Collections.Immutable;
using LlmCascade.Telemetry;

namespace LlmCascade.Escalation;

/// <summary>The loop: asks one tier after the other, keeps the first answer that its policy keeps, and asks the expert otherwise.</summary>
/// <remarks>
/// <para>
/// Thread-safe and meant to be a singleton: its shape is immutable, one request's state lives in its attempt tree, and
/// only the mode and how the latest calls went are shared between requests.
/// </para>
/// <para>
/// A cascade is itself a generator, so cascades nest: a nested one's attempts become children of the attempt around it,
/// its costs add up there, and the answer of its expert is kept unasked.
/// </para>
/// </remarks>
public sealed partial class Cascade : IGenerator
{
    private static readonly Acceptance _keepForConversation =
        static (_, answer, _, _) => new(Verdict.Keep(EscalationReasons.Conversation, answer.Confidence));

    private readonly RestGate[] _gates;
    private readonly RestGate _expertGate;
    private readonly Instruments _instruments;
    private readonly CallGuard _guard;
    private readonly Shadows _shadows;
    private readonly Audits _audits;
    private readonly Tier? _conversationOwner;
    private readonly Acceptance _accept;
    private readonly RequestNumber _number;

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
        _mode = Settings.Mode;
        _gates = [.. Tiers.Select(_ => new RestGate(Settings))];
        _expertGate = new RestGate(Settings);
        _instruments = new Instruments(Settings.MeterFactory, Settings.Name);
        _guard = new CallGuard(Settings, _instruments);
        _shadows = new Shadows(Settings, _instruments, async passage => (await AskTiersAsync(passage)).Kept);
        _audits = new Audits(Settings, _instruments, AskExpertAsync);
        _conversationOwner = Tiers.SingleOrDefault(tier => tier.OwnsConversations);
        _accept = expert.AcceptAsync;
        _number = Settings.RequestNumber ?? new RequestNumber();
    }

    /// <summary>Gets the tiers, cheapest first.</summary>
    public ImmutableArray<Tier> Tiers { get; }

    /// <summary>Gets the expert.</summary>
    public Expert Expert { get; }

    /// <summary>Gets how time, failures and chance are treated.</summary>
    public CascadeSettings Settings { get; }

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
    /// <remarks>
    /// The attempts become children of the context's; seed, key, scope and clock are those of the cascade around this
    /// one. This cascade's own observers are told about its part.
    /// </remarks>
    /// <exception cref="ArgumentException">The context was not made by LlmCascade.</exception>
    /// <exception cref="CascadeException">The expert failed and no tier's answer was kept.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    public async ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var parent = AttemptNode.Of(context);
        var mode = Mode;
        var shadow = _shadows.Start(request, parent, mode, cancellationToken);
        Generation? answer = null;
        Episode? part = null;
        try
        {
            answer = await PassAsync(request, parent, mode, cancellationToken);
        }
        finally
        {
            if (Settings.OnEpisode is not null || Settings.Learn is not null || Settings.AuditShare > 0 || shadow is not null)
            {
                part = Publish(parent.ToEpisode(request, answer), mode, shadow);
            }
        }

        await LearnAsync(part, CascadeRequestOptions.Default, cancellationToken);
        if (part is not null)
        {
            _audits.Consider(part, parent);
        }

        return answer;
    }

    /// <summary>Takes the request's key. The number is taken while the caller is still calling, so it follows the order of calls.</summary>
    internal string TakeKey(CascadeRequestOptions options) => options.Key ?? _number.Next();

    internal async ValueTask<CascadeResult> RunAsync(
        GenerationRequest request,
        CascadeRequestOptions options,
        string key,
        LiveStream? stream,
        CancellationToken cancellationToken)
    {
        var root = AttemptNode.Root(new EpisodeState(Settings, options, key, stream, _guard), request);
        root.MakeCurrent();
        var mode = Mode;
        var shadow = _shadows.Start(request, root, mode, cancellationToken);
        try
        {
            var answer = await PassAsync(request, root, mode, cancellationToken);
            root.Answered(answer);
            root.Judged(root.LastVerdict);
            var episode = Finish(root, request, answer, mode, shadow);
            await LearnAsync(episode, options, cancellationToken);
            _audits.Consider(episode, root);
            return new CascadeResult(answer, episode);
        }
        catch (Exception e)
        {
            var reason = cancellationToken.IsCancellationRequested ? EscalationReasons.Cancelled : EscalationReasons.Failed;
            root.Failed(e);
            root.Judged(Verdict.NoOpinion with { Reason = reason });
            Finish(root, request, answer: null, mode, shadow);
            throw;
        }
    }

    private Episode Finish(
        AttemptNode root, GenerationRequest request, Generation? answer, CascadeMode mode, TaskCompletionSource<Episode>? shadow)
    {
        root.Dispose();
        var episode = root.ToEpisode(request, answer);
        _instruments.Record(episode.Root);
        return Publish(episode, mode, shadow);
    }

    private async ValueTask<Generation> PassAsync(
        GenerationRequest request, AttemptNode parent, CascadeMode mode, CancellationToken cancellationToken)
    {
        using var total = Countdown.Start(
            Settings.Timeout, parent.Episode.Settings.TimeProvider, parent.Countdown, cancellationToken);
        var passage = new Passage(request, parent, total, mode, cancellationToken);
        Settings.ExpertBudget?.CountRequest();
        if (passage.ContinuesConversation && _conversationOwner is not null)
        {
            return await ContinueAtOwnerAsync(_conversationOwner, passage);
        }

        var tiers = await AskTiersAsync(passage);
        return tiers.Kept
            ?? (MayAskExpert(passage) ? await AskExpertAsync(passage) : await AnswerWithoutExpertAsync(passage, tiers));
    }

    private async ValueTask<TierAnswers> AskTiersAsync(Passage passage)
    {
        var answers = default(TierAnswers);
        for (var i = 0; i < Tiers.Length && !passage.IsForExpert; i++)
        {
            TellWhenLooked(passage, i);
            var outcome = await AskTierAsync(Tiers[i], _gates[i], passage);
            if (outcome.Verdict.Decision == Decision.Keep)
            {
                var answer = Tiers[i].OwnsConversations ? outcome.Answer! : Conversation.Hide(outcome.Answer!);
                await passage.Parent.EmitAllAsync(answer, passage.CallerToken);
                return new TierAnswers(Kept: answer);
            }

            answers = answers.Or(outcome.Answer, Tiers[i]);
            if (outcome.Verdict.Decision == Decision.DeferToExpert)
            {
                break;
            }
        }

        return answers;
    }

    private async ValueTask<Outcome> AskTierAsync(Tier tier, RestGate gate, Passage passage)
    {
        passage.ThrowIfCancelled();
        using var attempt = passage.Parent.BeginTier(tier, passage.Request);
        var reason = passage.ReasonToSkip;
        if (reason is not null || !gate.TryEnter(out var isProbe))
        {
            var skip = Verdict.Defer(reason ?? EscalationReasons.Resting);
            attempt.Judged(skip);
            return new Outcome(skip);
        }

        using var limit = passage.StartLimit(tier.Timeout, attempt);
        var token = limit?.Token ?? passage.Token;
        var outcome = default(Outcome);
        try
        {
            outcome = await _guard.WaitAsync(DecideAsync(tier, passage.Request, attempt, token), attempt, token);
        }
        catch (Exception e)
        {
            // Only a cancelled token gets here: everything else became a verdict.
            outcome = new Outcome(passage.VerdictOn(limit), HasFailed: IsToBlame(limit, attempt) ? true : null);
            attempt.Failed(passage.Explain(e, limit, tier.Name));
            attempt.Judged(outcome.Verdict);
            passage.ThrowIfCancelled(e);
        }
        finally
        {
            var change = gate.Leave(passage.IsCancelled ? null : outcome.HasFailed, isProbe, outcome.Verdict.Reason, attempt.Failure);
            Log.RestChanged(Settings.Logger, change, tier.Name, Settings.Name);
        }

        attempt.Judged(outcome.Verdict);
        return outcome;
    }

    // Where the total limit passed, somebody has failed if the time was its own: what others used up says nothing about it.
    private bool IsToBlame(Countdown? limit, AttemptNode attempt) =>
        limit is { HasExpired: true } || attempt.Elapsed >= Settings.Timeout / 2;

    private static async ValueTask<Outcome> DecideAsync(
        Tier tier, GenerationRequest request, AttemptNode attempt, CancellationToken cancellationToken)
    {
        attempt.MakeCurrent();
        var isCalling = false;
        Generation? answer = null;
        try
        {
            var entry = await tier.Policy.BeforeAsync(request, attempt, cancellationToken);
            if (entry.IsDeferral)
            {
                return new Outcome(entry);
            }

            // What is too late is not called, and costs nothing.
            cancellationToken.ThrowIfCancellationRequested();
            isCalling = attempt.WasCalled = true;
            var own = tier.OwnsConversations ? request : Conversation.ForStranger(request);
            answer = ResponseCheck.ThrowIfError(
                await tier.Generator.GenerateAsync(own, attempt, cancellationToken), attempt);
            isCalling = false;
            if (attempt.Stop.IsDeferral)
            {
                return new Outcome(attempt.Stop, HasFailed: false);
            }

            if (ResponseCheck.IsEmpty(answer.Response, tier.OwnsConversations))
            {
                return new Outcome(Verdict.Defer(EscalationReasons.Empty, answer.Confidence), HasFailed: true);
            }

            var verdict = answer switch
            {
                { IsAbstained: true } => Verdict.Defer(EscalationReasons.Abstained, answer.Confidence),
                { IsAuthoritative: true } => Verdict.Keep(EscalationReasons.Authoritative, answer.Confidence),
                _ => await tier.Policy.AfterAsync(request, answer, attempt, cancellationToken),
            };
            return new Outcome(verdict.Decision switch
            {
                Decision.NoOpinion => Verdict.Defer(EscalationReasons.Undecided, answer.Confidence),
                Decision.Abstain => verdict with { Decision = Decision.Defer },
                _ => verdict,
            }, HasFailed: false, answer);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            attempt.Failed(e);
            return attempt.Stop.IsDeferral
                ? new Outcome(attempt.Stop)
                : isCalling
                    ? new Outcome(Verdict.Defer(EscalationReasons.Failed), HasFailed: true)
                    : new Outcome(Verdict.Defer(EscalationReasons.PolicyFailed), Answer: answer);
        }
    }

    private async ValueTask<Generation> AskExpertAsync(Passage passage)
    {
        using var attempt = passage.Parent.BeginFinal(
            Expert.Name, AttemptRole.Expert, Expert.Prices, hidesConversation: _conversationOwner is not null);
        var (verdict, answer) = await AnswerAsync(Expert.Generator, Expert.Timeout, _accept, attempt, passage);
        answer = answer with { IsAuthoritative = true, IsAbstained = verdict.Decision != Decision.Keep };
        answer = _conversationOwner is null ? answer : Conversation.Hide(answer);
        attempt.Answered(answer);
        await ShowAsync(answer, attempt, passage);
        return answer;
    }

    // What lives on a provider's server can be continued by its owner alone, who then stands in for the expert.
    private async ValueTask<Generation> ContinueAtOwnerAsync(Tier owner, Passage passage)
    {
        passage.ThrowIfCancelled();
        using var attempt = passage.Parent.BeginFinal(
            owner.Name, AttemptRole.Tier, owner.Prices, hidesConversation: false);
        var (_, answer) = await AnswerAsync(owner.Generator, owner.Timeout, _keepForConversation, attempt, passage);
        await ShowAsync(answer, attempt, passage);
        return answer;
    }

    // A generator may show its answer while it comes; one that did not leaves that to the loop.
    private static ValueTask ShowAsync(Generation answer, AttemptNode attempt, Passage passage) =>
        attempt.HasEmitted ? default : attempt.EmitAllAsync(answer, passage.CallerToken);

    // Asks whoever has the last word: from here on there is an answer or an exception.
    private async ValueTask<(Verdict Verdict, Generation Answer)> AnswerAsync(
        IGenerator generator, TimeSpan? timeout, Acceptance accept, AttemptNode attempt, Passage passage)
    {
        attempt.MakeCurrent();
        using var limit = passage.StartLimit(timeout, attempt);
        var token = limit?.Token ?? passage.Token;
        var reason = EscalationReasons.Failed;

        // Who has the last word is asked even while it would rest, so that each call is a probe.
        var gate = attempt.Role == AttemptRole.Expert ? _expertGate : _gates[Tiers.IndexOf(_conversationOwner!)];
        Generation? answer = null;
        try
        {
            token.ThrowIfCancellationRequested();
            attempt.WasCalled = true;
            var ownsConversations = attempt.Role == AttemptRole.Tier || _conversationOwner is null;
            var request = ownsConversations ? passage.Request : Conversation.ForStranger(passage.Request);
            var given = ResponseCheck.ThrowIfError(
                await _guard.WaitAsync(generator.GenerateAsync(request, attempt, token), attempt, token), attempt);
            if (ResponseCheck.IsEmpty(given.Response, ownsConversations))
            {
                reason = EscalationReasons.Empty;
                throw new InvalidOperationException($"'{attempt.Name}' returned an empty answer.");
            }

            answer = given;
            gate.Leave(failed: false, isProbe: true);
            var verdict = await _guard.WaitAsync(accept(passage.Request, answer, attempt, token), attempt, token);
            attempt.Judged(verdict);
            return (verdict, answer);
        }
        catch (Exception e)
        {
            var verdict = token.IsCancellationRequested ? passage.VerdictOn(limit) : Verdict.NoOpinion with { Reason = reason };
            verdict = verdict with { Decision = answer is null || passage.IsCancelled ? Decision.NoOpinion : Decision.Abstain };
            attempt.Failed(passage.Explain(e, limit, attempt.Name));
            attempt.Judged(verdict);
            GiveBackUnused(attempt);
            passage.ThrowIfCancelled(e);
            if (answer is not null)
            {
                // Time ran out for the policy alone. The answer is there and paid for; only nobody vouches for it.
                return (verdict, answer);
            }

            var isToBlame = !token.IsCancellationRequested || IsToBlame(limit, attempt);
            gate.Leave(isToBlame ? true : null, isProbe: true, verdict.Reason, attempt.Failure);
            throw new CascadeException(passage.Parent.ToAttempt().Children);
        }
    }

    private Episode Publish(Episode episode, CascadeMode mode, TaskCompletionSource<Episode>? shadow)
    {
        episode = mode == CascadeMode.FreezeLearning ? episode with { AllowsLearning = false } : episode;
        episode = _audits.ProbabilityFor(episode) is > 0 and var probability ? episode with { AuditProbability = probability } : episode;
        Observers.Tell(Settings.OnEpisode, episode, episode.Id, Settings);
        shadow?.SetResult(episode);
        return episode;
    }

    private delegate ValueTask<Verdict> Acceptance(
        GenerationRequest request, Generation generation, AttemptNode attempt, CancellationToken cancellationToken);

    /// <summary>What came of asking a tier.</summary>
    /// <param name="Verdict">The decision.</param>
    /// <param name="HasFailed">Whether the tier failed; <see langword="null"/> when nothing was learned about its health.</param>
    /// <param name="Answer">The answer that was judged.</param>
    private readonly record struct Outcome(Verdict Verdict, bool? HasFailed = null, Generation? Answer = null);
}
