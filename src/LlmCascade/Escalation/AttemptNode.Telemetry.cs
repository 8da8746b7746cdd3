using System.Diagnostics;
using LlmCascade.Telemetry;

namespace LlmCascade.Escalation;

/// <content>Tells spans and logs about the attempt when it is over.</content>
internal sealed partial class AttemptNode
{
    private readonly Activity? _activity;
    private bool _isReported;

    private bool IsShadowRoot => _episode.IsShadow && _parent?._episode != _episode;

    /// <summary>Gets the span of the attempt while it is open; what an abandoned call does later is nobody's part.</summary>
    private Activity? Activity => IsOpen ? _activity : null;

    internal override void MakeCurrent()
    {
        if (Activity is { } activity)
        {
            Activity.Current = activity;
        }
    }

    // Outside the lock of the tree, because who listens and who logs is the host's code. What is closed does not change.
    private void Report()
    {
        if (Interlocked.Exchange(ref _isReported, true))
        {
            return;
        }

        for (var i = 0; i < _children?.Count; i++)
        {
            _children[i].Report();
        }

        if (_activity is null)
        {
            WriteLog();
            return;
        }

        var current = Activity.Current;
        Activity.Current = _activity;
        WriteLog();
        if (_activity.IsAllDataRequested)
        {
            Describe(_activity);
        }

        _activity.Stop();
        if (current != _activity)
        {
            Activity.Current = current;
        }
    }

    private void Describe(Activity activity)
    {
        var withContent = _episode.Settings.EnableSensitiveData;
        if (_parent is null || IsShadowRoot)
        {
            Spans.DescribeRequest(activity, EpisodeId, ToAttempt(), withContent);
        }
        else
        {
            Spans.Describe(activity, Snapshot(children: []), withContent);
        }
    }

    private void WriteLog()
    {
        var settings = _episode.Settings;
        var logger = settings.Logger;
        var exception = settings.EnableSensitiveData ? Failure : null;
        if (IsShadowRoot)
        {
            Log.ShadowEnded(logger, EpisodeId, settings.Name, Verdict.Decision, Verdict.Reason);
        }
        else if (_parent is not null)
        {
            Log.AttemptJudged(logger, Role, Name, settings.Name, EpisodeId, Verdict.Decision, Verdict.Reason);
            if (Role == AttemptRole.Tier && Verdict.IsDeferral && Failure is not null)
            {
                Log.TierFailed(logger, exception, Name, settings.Name, EpisodeId, Verdict.Reason, Failure.GetType());
            }
        }
        else if (Failure is null)
        {
            var answerer = _children?.FindLast(child => child.Verdict.Decision is Decision.Keep or Decision.Abstain);
            Log.RequestAnswered(logger, EpisodeId, settings.Name, answerer?.Name, _latency ?? Elapsed);
        }
        else if (Verdict.Reason == EscalationReasons.Cancelled)
        {
            Log.RequestCancelled(logger, EpisodeId, settings.Name);
        }
        else
        {
            Log.RequestFailed(logger, exception, EpisodeId, settings.Name, Failure.GetType());
        }
    }
}
