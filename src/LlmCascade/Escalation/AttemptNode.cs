using System.Diagnostics;
using System.Runtime.CompilerServices;
using LlmCascade.Telemetry;
using Microsoft.Extensions.AI;

namespace LlmCascade.Escalation;

/// <summary>The one implementation of <see cref="AttemptContext"/>.</summary>
internal sealed partial class AttemptNode : OpenAttempt
{
    private readonly EpisodeState _episode;
    private readonly AttemptNode? _parent;
    private readonly long _startedAt;
    private readonly bool _isLive;
    private readonly int _number;

    private List<AttemptNode>? _children;
    private Spending _spending = new();
    private TimeSpan? _latency;
    private volatile bool _hasEmitted;
    private volatile bool _isHeldBack;
    private StrongBox<Verdict>? _stop;

    private AttemptNode(
        EpisodeState episode, AttemptNode? parent, string name, AttemptRole role, Activity? activity, bool isLive, int number = 0)
    {
        _episode = episode;
        _parent = parent;
        _activity = activity;
        _isLive = isLive;
        _number = number;
        IsExpert = parent is null || (parent.IsExpert && role is (AttemptRole.Expert or AttemptRole.Step));
        _startedAt = episode.Settings.TimeProvider.GetTimestamp();
        Name = name;
        Role = role;
        Countdown = parent?.Countdown;
        HidesConversation = parent?.HidesConversation ?? false;
        _isHeldBack = parent?._isHeldBack ?? false;
    }

    internal override string Name { get; }

    public AttemptRole Role { get; }

    public EpisodeState Episode => _episode;

    public Prices? Prices { get; init; }

    /// <summary>Gets the policy that <see cref="CanContinue"/> asks, together with the request it is asked about.</summary>
    public IDeferralPolicy? Policy { get; private set; }

    public GenerationRequest? Request { get; private set; }

    /// <summary>Gets or sets the time limit of this attempt; by default its parent's.</summary>
    public Countdown? Countdown { get; set; }

    /// <summary>Gets whether live updates lose their conversation id, because it would lead the next turn to a client that does not know it.</summary>
    public bool HidesConversation { get; private set; }

    public Generation? Generation { get; private set; }

    public Verdict Verdict { get; private set; }

    public Exception? Failure { get; private set; }

    public bool IsAbandoned { get; private set; }

    /// <summary>Gets the number of attempts around this one.</summary>
    public int Depth => _parent is null ? 0 : _parent.Depth + 1;

    /// <summary>Gets the decision that stopped the attempt while it was answering.</summary>
    public Verdict Stop => _stop?.Value ?? Verdict.NoOpinion;

    /// <summary>Gets or sets whether somebody was asked to answer, so that it has cost something.</summary>
    public bool WasCalled { get; set; }

    public override bool HasEmitted => _hasEmitted;

    public override string EpisodeId => _episode.Id;

    public override string? Scope => _episode.Options.Scope;

    public override DateTimeOffset? Deadline => Countdown?.Deadline;

    public override bool IsExpert { get; }

    public override bool IsStreaming => _episode.Stream is not null;

    /// <summary>Gets the verdict on the last attempt made within this one.</summary>
    public Verdict LastVerdict
    {
        get
        {
            lock (_episode.TreeLock)
            {
                return _children is [.., var last] ? last.Verdict : Verdict.NoOpinion;
            }
        }
    }

    internal override bool IsHeldBack
    {
        get => _isHeldBack;
        set => _isHeldBack = value;
    }

    public static AttemptNode Root(EpisodeState episode, GenerationRequest request)
    {
        var settings = episode.Settings;
        var activity = Spans.StartRequest(settings.Name, settings.EnableSensitiveData ? request.Messages : null);
        return new(episode, null, "cascade", AttemptRole.Cascade, activity, episode.Stream is not null);
    }

    public static AttemptNode Of(AttemptContext context) =>
        context as AttemptNode ?? throw new ArgumentException(
            "The context was not made by LlmCascade. Run the cascade with RunAsync, or begin a child of a given context.",
            nameof(context));

    /// <summary>Opens a tree beside the one under this node. It draws alike, and nothing of it is shown, limited or summed up there.</summary>
    /// <param name="cascade">The name of the cascade whose shadow it is.</param>
    public AttemptNode Beside(string cascade) =>
        new(_episode.Beside(), _parent, Name, Role, Spans.StartShadow(cascade, Activity), isLive: false, _number) { Countdown = null };

    /// <summary>Opens a tree about an episode that was published. Nothing of it is shown.</summary>
    public static AttemptNode After(CascadeSettings settings, Episode episode) =>
        new(EpisodeState.After(settings, episode), null, "cascade", AttemptRole.Cascade, activity: null, isLive: false);

    public override OpenAttempt Begin(string name, AttemptRole role, Prices? prices = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var child = Open(name, role, prices, isLive: role is AttemptRole.Expert or AttemptRole.Step);
        child.WasCalled = true;
        return child;
    }

    public AttemptNode BeginTier(Tier tier, GenerationRequest request)
    {
        // A tier's answer may still be rejected, so it is never live.
        var attempt = Open(tier.Name, AttemptRole.Tier, tier.Prices, isLive: false);
        attempt.Policy = tier.Policy;
        attempt.Asks(IKnownSource.Of(tier.Generator), request);
        return attempt;
    }

    /// <summary>Opens the attempt of whoever has the last word; its answer may be shown while it comes.</summary>
    public AttemptNode BeginFinal(string name, AttemptRole role, Prices? prices, bool hidesConversation)
    {
        var attempt = Open(name, role, prices, isLive: true);
        attempt.HidesConversation |= hidesConversation;
        return attempt;
    }

    public override ulong Seed(string purpose)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        var hash = new StableHash(_episode.Settings.Seed);
        hash.Add(_episode.Key);
        for (var node = this; node is not null; node = node._parent)
        {
            hash.Add(node.Name);
            hash.Add(node._number);
        }

        hash.Add(purpose);
        return hash.Finish();
    }

    public override void Paid(
        UsageDetails? usage, decimal? cost = null, bool isPartial = false, long? outputTokenLimit = null)
    {
        lock (_episode.TreeLock)
        {
            if (IsOpen)
            {
                _spending.Add(usage, cost, isPartial, Prices, outputTokenLimit);
            }
        }
    }

    /// <summary>Records that the call was left behind: what it has used, and goes on using, nobody knows.</summary>
    public void Abandon()
    {
        lock (_episode.TreeLock)
        {
            MarkAbandoned();
        }
    }

    internal override Verdict Foresee(ConfidenceRange reachable)
    {
        try
        {
            return Policy is null || Request is null ? Verdict.NoOpinion : Policy.During(Request, reachable);
        }
        catch (Exception)
        {
            // It is asked again about the answer, and blamed then.
            return Verdict.NoOpinion;
        }
    }

    internal override ValueTask<T> WaitAsync<T>(ValueTask<T> call, CancellationToken cancellationToken) =>
        _episode.Guard is { } guard ? guard.WaitAsync(call, this, cancellationToken) : call;

    public override bool CanContinue(ConfidenceRange reachable)
    {
        // Members, judges and steps have no policy of their own; whoever began them decides about them.
        if (Policy is null || Request is null)
        {
            return true;
        }

        try
        {
            var verdict = Policy.During(Request, reachable);
            if (verdict.Decision == Decision.Keep)
            {
                return false;
            }

            if (verdict.IsDeferral)
            {
                _stop = new(verdict);
            }
        }
        catch (Exception e)
        {
            Failed(e);
            _stop = new(Verdict.Defer(EscalationReasons.PolicyFailed));
        }

        return !Stop.IsDeferral;
    }

    public override ValueTask EmitAsync(ChatResponseUpdate update, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        if (!_isLive || _isHeldBack || !IsOpen || _episode.Stream is not { } stream)
        {
            return default;
        }

        if (stream.Prepare(update, HidesConversation) is not { } shown)
        {
            return default;
        }

        for (var node = this; shown.Contents.Count > 0 && node is { _hasEmitted: false }; node = node._parent)
        {
            node._hasEmitted = true;
        }

        return stream.WriteAsync(shown, Countdown, cancellationToken);
    }

    /// <summary>Shows a whole answer, if this attempt is live.</summary>
    public async ValueTask EmitAllAsync(Generation generation, CancellationToken cancellationToken)
    {
        if (_isLive && _episode.Stream is not null)
        {
            foreach (var update in generation.Updates ?? generation.Response.ToChatResponseUpdates())
            {
                await EmitAsync(update, cancellationToken);
            }
        }
    }

    public override void Answered(Generation generation)
    {
        ArgumentNullException.ThrowIfNull(generation);
        lock (_episode.TreeLock)
        {
            Generation = IsOpen ? generation : Generation;
        }
    }

    public override void Judged(Verdict verdict)
    {
        lock (_episode.TreeLock)
        {
            Verdict = IsOpen ? verdict : Verdict;
        }
    }

    public override void Failed(Exception failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        lock (_episode.TreeLock)
        {
            Failure = IsOpen ? failure : Failure;
        }
    }

    internal override void Close()
    {
        lock (_episode.TreeLock)
        {
            if (!IsOpen)
            {
                return;
            }

            CloseTree();
        }

        Report();
    }

    private void CloseTree()
    {
        RecordWhatNobodyRecorded();

        // What is still open inside belongs to a call that was left behind, and has nothing to say any more.
        for (var i = 0; i < _children?.Count; i++)
        {
            if (_children[i].IsOpen)
            {
                _children[i].CloseTree();
            }
        }

        _latency = Elapsed;
    }

    // What an abandoned call says later must not change an episode that was published.
    private bool IsOpen => _latency is null;

    public TimeSpan Elapsed => _episode.Settings.TimeProvider.GetElapsedTime(_startedAt);

    private void MarkAbandoned()
    {
        IsAbandoned = true;

        // Before the call it is the policy at the door that was left behind, and after the answer its judge.
        if (WasCalled && Generation is null)
        {
            _spending.Interrupt(Prices);
        }

        for (var i = 0; i < _children?.Count; i++)
        {
            if (_children[i].IsOpen)
            {
                _children[i].MarkAbandoned();
            }
        }
    }

    // A generator that records nothing is not free when its answer reports a usage, or when its calls have a price.
    private void RecordWhatNobodyRecorded()
    {
        var usage = Generation?.Response.Usage;
        if (WasCalled && _spending.State == UsageState.None && _children is null && (usage is not null || Prices is not null))
        {
            _spending.Add(usage, cost: null, isPartial: false, Prices);
        }
    }

    private AttemptNode Open(string name, AttemptRole role, Prices? prices, bool isLive)
    {
        // Who listens to spans is the host's code, and so is not called under the lock.
        var activity = Spans.StartAttempt(role, name, Activity);
        lock (_episode.TreeLock)
        {
            // Children of one name must not draw alike.
            var number = 0;
            for (var i = 0; i < _children?.Count; i++)
            {
                number += _children[i].Name == name ? 1 : 0;
            }

            var child = new AttemptNode(_episode, this, name, role, activity, _isLive && isLive, number) { Prices = prices };
            if (IsOpen)
            {
                (_children ??= []).Add(child);
            }
            else
            {
                child._latency = TimeSpan.Zero;
            }

            return child;
        }
    }
}
