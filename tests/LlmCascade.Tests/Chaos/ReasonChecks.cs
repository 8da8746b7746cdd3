using LlmCascade.Deferral;
using LlmCascade.Escalation;

namespace LlmCascade.Tests.Chaos;

/// <summary>Checks that each attempt's reason is true, so that nobody is passed over or blamed without a cause.</summary>
internal static class ReasonChecks
{
    public static IEnumerable<string> Check(RequestView view)
    {
        // Whose answer was judged needs no reason of its own.
        foreach (var path in view.Leaves().Concat(view.ShadowLeaves()).Where(path => path[^1].Role != AttemptRole.Judge))
        {
            var attempt = path[^1];
            var place = view.Place(attempt.Name);
            var call = view.CallTo(attempt.Name);
            if (!IsTrue(attempt, place, call, path, view))
            {
                yield return $"{attempt} is not so: {call?.Script}, whole: {call?.IsWhole}, {attempt.Failure}";
            }
        }
    }

    private static bool IsTrue(Attempt attempt, PlaceScript place, CallRecord? call, Attempt[] path, RequestView view) =>
        attempt.Verdict.Reason switch
        {
            EscalationReasons.Failed => place.Oddity is not (Oddity.None or Oddity.SpeaksLate)
                || call is { IsWhole: false }
                || call is { IsFaulty: true }
                || call is { IsDoubtful: true },
            EscalationReasons.Empty => call is { IsWhole: true, IsEmpty: true },
            EscalationReasons.TimedOut => place.Timeout is not null,
            EscalationReasons.Deadline => HasTotal(path, view),
            EscalationReasons.Cancelled => EpisodeChecks.IsCancelled(view.Caller) || view.IsShadowOfFailure(attempt) || IsStoppedFromOutside(path, view),
            EscalationReasons.Resting => call is null,
            EscalationReasons.PolicyFailed => place.Judge is Judgement.ThrowsAtOnce or Judgement.ThrowsAfterAWhile or Judgement.ThrowsAtEntry
                || (place.AskedModel is { } asked && view.CallTo(asked.Name) is not { IsWhole: true, IsFaulty: false, IsDoubtful: false }),
            EscalationReasons.Undecided => place.Judge is Judgement.IsSilent,
            EscalationReasons.Conversation => view.Caller.Script.ContinuesConversation,
            EscalationReasons.Expert => place.Judge is null && attempt.Role == AttemptRole.Expert,
            "chaos-closed" => place.Judge == Judgement.RefusesEntry && call is null,
            "chaos-hopeless" => place.Judge == Judgement.GivesUp && call is not null,
            "chaos" or DeferralReasons.Condition => call is { IsWhole: true },
            DeferralReasons.Valid or DeferralReasons.Explored or DeferralReasons.Truncated => call is { IsWhole: true, IsFaulty: false, IsEmpty: false },

            // Left behind together with the cascade around it, which would have given the reason.
            "" => attempt.IsAbandoned && path[..^1].Any(outer => outer.IsAbandoned),
            _ => false,
        };

    private static bool HasTotal(Attempt[] path, RequestView view) =>
        view.Script.Cascade.Timeout is not null
        || path[..^1].Any(outer => view.Place(outer.Name).Actor is CascadeScript { Timeout: not null });

    // A cascade inside another one is cancelled by the limits around it.
    private static bool IsStoppedFromOutside(Attempt[] path, RequestView view) =>
        path.Length > 1 && (HasTotal(path, view) || path[..^1].Any(outer => view.Place(outer.Name).Timeout is not null));
}
