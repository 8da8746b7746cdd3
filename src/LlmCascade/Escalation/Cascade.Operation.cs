using LlmCascade.Telemetry;

namespace LlmCascade.Escalation;

/// <content>What an operator sees of a running cascade, and switches.</content>
public sealed partial class Cascade
{
    private volatile CascadeMode _mode;

    /// <summary>Gets or sets how requests are treated; at first as <see cref="CascadeSettings.Mode"/> says.</summary>
    /// <value>It may be switched at any time and from any thread: a request keeps the mode that it began with.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is no mode.</exception>
    public CascadeMode Mode
    {
        get => _mode;
        set
        {
            if (_mode != Limits.Known(value))
            {
                _mode = value;
                Log.ModeSwitched(Settings.Logger, Settings.Name, value.ToString());
            }
        }
    }

    /// <summary>Gets the number of calls that ignored their cancellation, were left behind, and are still running.</summary>
    public int AbandonedCalls => _guard.AbandonedCalls;

    /// <summary>Gets the number of requests so far that had no shadow because too many were running.</summary>
    public long SkippedShadows => _shadows.Skipped;

    /// <summary>Tells how the cascade is doing. Nobody is called for it.</summary>
    /// <returns>The state of the tiers and the expert, as their latest calls left it.</returns>
    public CascadeHealth GetHealth() => new()
    {
        Mode = Mode,
        Tiers = [.. Tiers.Zip(_gates, (tier, gate) => gate.ToHealth(tier.Name))],
        Expert = _expertGate.ToHealth(Expert.Name) with { RestsUntil = null },
        AbandonedCalls = AbandonedCalls,
        SkippedShadows = SkippedShadows,
    };

    /// <summary>Asks the expert something about an episode that is over. What it costs is told as an addendum, and taken from the expert's budget.</summary>
    /// <returns>The answer, <see langword="null"/> where there is none or no budget for one; and what it has cost, as far as that is known.</returns>
    internal async ValueTask<(Generation? Answer, decimal Cost)> AskExpertAfterAsync(
        Episode episode, GenerationRequest request, string reason, CancellationToken cancellationToken)
    {
        if (Settings.ExpertBudget?.TryTake() == false)
        {
            return default;
        }

        Generation? answer = null;
        Attempt tree;
        var root = AttemptNode.After(Settings, episode);
        try
        {
            using var total = Countdown.Start(Settings.Timeout, Settings.TimeProvider, outer: null, cancellationToken);
            answer = await AskExpertAsync(new Passage(request, root, total, CascadeMode.ExpertOnly, cancellationToken));
            root.Answered(answer);
            root.Judged(root.LastVerdict with { Reason = reason });
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            root.Failed(e);
            root.Judged(Verdict.NoOpinion with { Reason = EscalationReasons.Failed });
        }
        finally
        {
            root.Dispose();
            tree = root.ToAttempt();
            _instruments.Record(tree, isShadow: true);
            Observers.Tell(Settings.OnAddendum, new EpisodeAddendum(episode, tree), episode.Id, Settings);
        }

        return (answer is { IsAbstained: false } ? answer : null, tree.Total().Cost);
    }

    /// <summary>Waits until the audits that are running have ended.</summary>
    internal Task SettleAuditsAsync() => _audits.SettleAsync();

    /// <summary>Cancels what runs beside requests, and starts no more of it.</summary>
    internal void StopShadows()
    {
        _shadows.Stop();
        _audits.Stop();
    }
}
