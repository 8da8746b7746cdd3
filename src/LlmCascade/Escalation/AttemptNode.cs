using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Microsoft.Extensions.AI;

namespace LlmCascade.Escalation;

/// <summary>The one implementation of <see cref="AttemptContext"/>.</summary>
internal sealed class AttemptNode : AttemptContext
{
    private readonly EpisodeState _episode;
    private readonly AttemptNode? _parent;
    private readonly long _startedAt;
    private readonly bool _isLive;

    private List<AttemptNode>? _children;
    private UsageDetails? _usage;
    private UsageState _usageState;
    private decimal? _cost;
    private bool _isCostComplete = true;
    private TimeSpan? _latency;

    private AttemptNode(EpisodeState episode, AttemptNode? parent, string name, AttemptRole role, bool isLive)
    {
        _episode = episode;
        _parent = parent;
        _isLive = isLive;
        _startedAt = episode.Settings.TimeProvider.GetTimestamp();
        Name = name;
        Role = role;
        Countdown = parent?.Countdown;
        HidesConversation = parent?.HidesConversation ?? false;
    }

    public string Name { get; }

    public AttemptRole Role { get; }

    public EpisodeState Episode => _episode;

    public Prices? Prices { get; init; }

    /// <summary>Gets the policy that <see cref="CanContinue"/> asks, together with the request it is asked about.</summary>
    public IDeferralPolicy? Policy { get; init; }

    public GenerationRequest? Request { get; init; }

    /// <summary>Gets or sets the time limit of this attempt; by default its parent's.</summary>
    public Countdown? Countdown { get; set; }

    /// <summary>Gets whether live updates lose their conversation id, because it would lead the next turn to a client that does not know it.</summary>
    public bool HidesConversation { get; init; }

    public Generation? Generation { get; private set; }

    public Verdict Verdict { get; private set; }

    public Exception? Failure { get; private set; }

    public bool IsAbandoned { get; set; }

    public override string EpisodeId => _episode.Id;

    public override string? Scope => _episode.Options.Scope;

    public override DateTimeOffset? Deadline => Countdown?.Deadline;

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

    public static AttemptNode Root(EpisodeState episode) =>
        new(episode, null, "cascade", AttemptRole.Cascade, episode.Stream is not null);

    public static AttemptNode Of(AttemptContext context) =>
        context as AttemptNode ?? throw new ArgumentException(
            "The context was not made by LlmCascade. Run the cascade with RunAsync, or begin a child of a given context.",
            nameof(context));

    public override AttemptContext Begin(string name, AttemptRole role, Prices? prices = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return Adopt(new AttemptNode(_episode, this, name, role, InheritsLive(role)) { Prices = prices });
    }

    public AttemptNode BeginTier(Tier tier, GenerationRequest request) =>
        Adopt(new AttemptNode(_episode, this, tier.Name, AttemptRole.Tier, isLive: false)
        {
            Prices = tier.Prices,
            Policy = tier.Policy,
            Request = request,
        });

    /// <summary>Opens the attempt of whoever has the last word; its answer may be shown while it comes.</summary>
    public AttemptNode BeginFinal(string name, AttemptRole role, Prices? prices, bool hidesConversation) =>
        Adopt(new AttemptNode(_episode, this, name, role, _isLive)
        {
            Prices = prices,
            HidesConversation = HidesConversation || hidesConversation,
        });

    public override ulong Seed(string purpose)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        var hash = new StableHash(_episode.Settings.Seed);
        hash.Add(_episode.Key);
        for (var node = this; node is not null; node = node._parent)
        {
            hash.Add(node.Name);
        }

        hash.Add(purpose);
        return hash.Finish();
    }

    public override void Paid(UsageDetails? usage, decimal? cost = null, bool isPartial = false)
    {
        cost ??= Prices?.CostOf(usage);
        var state = usage is null ? UsageState.Unknown : isPartial ? UsageState.Partial : UsageState.Reported;
        lock (_episode.TreeLock)
        {
            if (!IsOpen)
            {
                return;
            }

            // Several calls of one attempt are known as badly as the worst of them.
            _usageState = (UsageState)Math.Max((int)_usageState, (int)state);
            if (usage is not null)
            {
                (_usage ??= new UsageDetails()).Add(usage);
            }

            _isCostComplete &= cost is not null && !isPartial;
            if (cost is { } known)
            {
                _cost = (_cost ?? 0) + known;
            }
        }
    }

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
            if (verdict.IsDeferral)
            {
                Judged(verdict);
            }

            return !verdict.IsDeferral;
        }
        catch (Exception e)
        {
            Failed(e);
            Judged(Verdict.Defer(Reasons.PolicyFailed));
            return false;
        }
    }

    public override ValueTask EmitAsync(ChatResponseUpdate update, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(update);
        return _isLive && IsOpen && _episode.Stream is { } stream
            ? stream.WriteAsync(update, HidesConversation, Countdown, cancellationToken)
            : default;
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

    /// <summary>Copies the tree as it stands; attempts still open are those that were left behind.</summary>
    public Attempt ToAttempt()
    {
        lock (_episode.TreeLock)
        {
            return Snapshot();
        }
    }

    /// <summary>Makes the episode of the request whose root this is.</summary>
    public Episode ToEpisode(GenerationRequest request) => new(EpisodeId, Scope, request, Generation, ToAttempt())
    {
        StartedAt = _episode.StartedAt,
        Key = _episode.Key,
        AllowsLearning = !_episode.Options.NoLearning,
    };

    internal override void Close()
    {
        lock (_episode.TreeLock)
        {
            _latency ??= Elapsed;
        }
    }

    // What an abandoned call says later must not change an episode that was published.
    private bool IsOpen => _latency is null;

    private TimeSpan Elapsed => _episode.Settings.TimeProvider.GetElapsedTime(_startedAt);

    // Only what speaks for the whole request is live. A tier's answer may still be rejected.
    private bool InheritsLive(AttemptRole role) => _isLive && role is (AttemptRole.Expert or AttemptRole.Step);

    private AttemptNode Adopt(AttemptNode child)
    {
        lock (_episode.TreeLock)
        {
            if (IsOpen)
            {
                (_children ??= []).Add(child);
            }
        }

        return child;
    }

    private Attempt Snapshot() => new(Name, Role)
    {
        Generation = Generation,
        Verdict = Verdict,
        // What is closed does not change any more; an attempt that is still open goes on counting.
        Usage = IsOpen ? Copy(_usage) : _usage,
        UsageState = _usageState,
        Cost = _cost,
        IsCostComplete = _isCostComplete,
        Latency = _latency ?? Elapsed,
        Failure = Failure,
        IsAbandoned = IsAbandoned,
        Children = SnapshotChildren(),
    };

    private ImmutableArray<Attempt> SnapshotChildren()
    {
        if (_children is null)
        {
            return [];
        }

        var children = new Attempt[_children.Count];
        for (var i = 0; i < children.Length; i++)
        {
            children[i] = _children[i].Snapshot();
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(children);
    }

    private static UsageDetails? Copy(UsageDetails? usage)
    {
        if (usage is null)
        {
            return null;
        }

        var copy = new UsageDetails();
        copy.Add(usage);
        return copy;
    }
}
