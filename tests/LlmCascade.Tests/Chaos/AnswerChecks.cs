using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Chaos;

/// <summary>Checks what the caller got: one answer or one exception, and in an answer what one model said, whole.</summary>
internal static class AnswerChecks
{
    public static IEnumerable<string> Check(RequestView view)
    {
        var caller = view.Caller;
        var ends = (caller.Response is null ? 0 : 1) + (caller.Failure is null ? 0 : 1) + (caller.HasStopped ? 1 : 0);
        if (ends != 1)
        {
            yield return $"the request ended in {ends} ways: {caller.Response}, {caller.Failure}, stopped: {caller.HasStopped}";
        }

        if (caller.Failure is { } failure && !MayThrow(failure, caller))
        {
            yield return $"the caller got {failure}";
        }

        if (caller.Response is { } response)
        {
            foreach (var broken in CheckAnswer(view, response))
            {
                yield return broken;
            }
        }

        if (caller.Shown.Count > 0 && view.Published.Length == 1 && !MayShow(view))
        {
            yield return $"the stream showed {Shorten(Transcript.Of(caller.Shown))}, which nobody said who may be shown";
        }
    }

    private static bool MayThrow(Exception failure, ChaosCaller caller) => failure switch
    {
        CascadeException cascade => cascade.Attempts[^1].Verdict.Decision == Decision.NoOpinion || cascade.Attempts[^1].Verdict.IsDeferral,
        OperationCanceledException cancelled => caller.Token.IsCancellationRequested && cancelled.CancellationToken == caller.Token,
        _ => false,
    };

    private static IEnumerable<string> CheckAnswer(RequestView view, ChatResponse response)
    {
        var path = view.PathToAnswer();
        if (path.Length == 0 || view.CallTo(path[^1].Name) is not { } call)
        {
            yield return "there is an answer and nobody who gave it";
            yield break;
        }

        if (!call.IsWhole || call.IsFaulty || call.IsEmpty)
        {
            yield return $"{call.Place} gave no whole answer: {call.Script}";
        }

        if (Transcript.Of(response) != call.Said)
        {
            yield return $"the answer is {Shorten(Transcript.Of(response))} and {call.Place} said {Shorten(call.Said)}";
        }

        if (view.Caller.Script.IsStreaming && Transcript.Of(view.Caller.Shown) != call.Said)
        {
            yield return $"the stream showed {Shorten(Transcript.Of(view.Caller.Shown))} and {call.Place} said {Shorten(call.Said)}";
        }

        foreach (var attempt in path)
        {
            if (view.Place(attempt.Name).Oddity is not (Oddity.None or Oddity.SpeaksLate))
            {
                yield return $"{attempt} answered and broke its contract";
            }

            if (!IsApproved(attempt, call, view))
            {
                yield return $"{attempt} answered and nobody said that it may";
            }
        }
    }

    // A tier's answer stands on a policy that kept this very text, or on an expert inside it.
    private static bool IsApproved(Attempt attempt, CallRecord call, RequestView view) =>
        attempt.Role == AttemptRole.Expert
        || (attempt.Verdict.Reason == EscalationReasons.Conversation && view.Place(attempt.Name).OwnsConversations)
        || (attempt.Verdict.Reason == EscalationReasons.Authoritative && view.Place(attempt.Name).Actor is CascadeScript)
        || view.Judgements.Any(judgement => judgement.Place == attempt.Name
            && judgement.Text == call.Said
            && judgement.Verdict.Decision == Decision.Keep
            && judgement.Verdict.Reason == attempt.Verdict.Reason);

    // What was shown is the beginning of what a kept tier or the expert said, also where the stream ended early.
    private static bool MayShow(RequestView view)
    {
        var shown = Transcript.Of(view.Caller.Shown);
        return shown.Length == 0 || view.Leaves().Any(path =>
            path.All(attempt => attempt.Role == AttemptRole.Expert
                || attempt.Verdict.Decision == Decision.Keep
                || (view.Caller.Script.ContinuesConversation && view.Place(attempt.Name).OwnsConversations))
            && view.CallTo(path[^1].Name) is { } call
            && call.Said.StartsWith(shown, StringComparison.Ordinal));
    }

    private static string Shorten(string text) => text.Length < 200 ? $"'{text}'" : $"'{text[..100]}…{text[^100..]}' ({text.Length})";
}
