using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace LlmCascade.Escalation;

/// <content>Copies the tree into what is published.</content>
internal sealed partial class AttemptNode
{
    /// <summary>Copies the tree as it stands; attempts still open are those that were left behind.</summary>
    internal override Attempt ToAttempt()
    {
        lock (_episode.TreeLock)
        {
            return Snapshot(SnapshotChildren());
        }
    }

    /// <summary>Makes the episode of the request, or of the part of it, whose root this is.</summary>
    public Episode ToEpisode(GenerationRequest request, Generation? answer)
    {
        var attempt = ToAttempt();
        return new(EpisodeId, Scope, request, answer, ReferenceEquals(attempt.Generation, answer) ? attempt : attempt with { Generation = answer })
        {
            StartedAt = _episode.StartedAt,
            Key = _episode.Key,
            AllowsLearning = !_episode.Options.NoLearning,
        };
    }

    private Attempt Snapshot(ImmutableArray<Attempt> children) => new(Name, Role)
    {
        Generation = Generation,
        Verdict = Verdict,
        // What is closed does not change any more; an attempt that is still open goes on counting.
        Usage = IsOpen ? Spending.Copy(_spending.Usage) : _spending.Usage,
        UsageState = _spending.State,
        OutputTokenLimit = _spending.OutputTokenLimit,
        Cost = _spending.Cost,
        IsCostComplete = _spending.IsCostComplete,
        Latency = _latency ?? Elapsed,
        Failure = Failure,
        IsAbandoned = IsAbandoned,
        Children = children,
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
            children[i] = _children[i].Snapshot(_children[i].SnapshotChildren());
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(children);
    }
}
