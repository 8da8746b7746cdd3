using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Chaos;

/// <summary>Checks that each request is published once, never changes afterwards, and agrees with what the caller got.</summary>
internal static class EpisodeChecks
{
    public static IEnumerable<string> Check(RequestView view)
    {
        foreach (var published in view.AllPublished.Where(published => EpisodeText.Of(published.Episode) != published.AtFirst))
        {
            yield return $"the episode was\n{published.AtFirst}and has become\n{EpisodeText.Of(published.Episode)}";
        }

        foreach (var published in view.Addenda.Where(published => EpisodeText.Of(published.Addendum.Root) != published.AtFirst))
        {
            yield return $"the addendum was\n{published.AtFirst}and has become\n{EpisodeText.Of(published.Addendum.Root)}";
        }

        var caller = view.Caller;
        if (view.Episode.Answer is null ? caller.Response is not null : caller.Failure is not null)
        {
            yield return $"the episode's answer is {view.Episode.Answer} and the caller got {caller.Response}{caller.Failure}";
        }

        if (caller.Response is { } response)
        {
            foreach (var broken in CheckSummary(view, response))
            {
                yield return broken;
            }
        }

        if (caller.Failure is CascadeException failure && !Names(failure.Attempts).SequenceEqual(Names(view.Episode.Root.Children)))
        {
            yield return $"the exception lists {string.Join(", ", failure.Attempts)}";
        }

        if (view.Episode.Root.Verdict.Reason == EscalationReasons.Cancelled && !IsCancelled(caller))
        {
            yield return "the episode says that it was cancelled";
        }
    }

    /// <summary>Gets whether the caller has cancelled the request or left its stream.</summary>
    public static bool IsCancelled(ChaosCaller caller) => caller.HasStopped || caller.Token.IsCancellationRequested;

    private static IEnumerable<string> CheckSummary(RequestView view, ChatResponse response)
    {
        var totals = view.Episode.Root.Total();
        var trace = response.GetCascadeTrace();
        if (trace?.EpisodeId != view.Episode.Id
            || trace.AnsweredBy != view.Episode.Answerer?.Name
            || trace.IsAbstained != view.Episode.Answer?.IsAbstained
            || trace.IsUsageIncomplete == totals.IsUsageComplete
            || trace.IsCostIncomplete == totals.IsCostComplete
            || (trace.Cost ?? 0) != totals.Cost
            || !trace.Attempts.Select(Text).SequenceEqual(view.Episode.Root.Children.Select(Text)))
        {
            yield return $"the trace is {trace} of {trace?.EpisodeId}, and the episode\n{EpisodeText.Of(view.Episode)}";
        }

        var usage = response.Usage ?? new UsageDetails();
        if (usage.InputTokenCount != totals.Usage.InputTokenCount
            || usage.OutputTokenCount != totals.Usage.OutputTokenCount
            || usage.TotalTokenCount != totals.Usage.TotalTokenCount
            || view.Episode.Root.Children.Any(attempt =>
                usage.AdditionalCounts?.GetValueOrDefault($"{attempt.Name}.input_tokens") != (attempt.Total().Usage.InputTokenCount ?? 0)
                && attempt.Total().Usage.InputTokenCount is not null))
        {
            yield return $"the response's usage is {usage.InputTokenCount}/{usage.OutputTokenCount} and the episode's {totals.Usage.InputTokenCount}/{totals.Usage.OutputTokenCount}";
        }

        if (view.Caller.Shown.Take(view.Caller.Shown.Count - 1).Any(update => update.GetCascadeTrace() is not null || update.Contents.OfType<UsageContent>().Any()))
        {
            yield return "an update before the last carries usage or a trace";
        }
    }

    private static IEnumerable<string> Names(IEnumerable<Attempt> attempts) => attempts.Select(Text);

    private static string Text(Attempt attempt) => $"{attempt.Name} {attempt.Verdict.Decision} {attempt.Verdict.Reason} {attempt.IsAbandoned}";

    private static string Text(AttemptTrace attempt) => $"{attempt.Name} {attempt.Decision} {attempt.Reason} {attempt.IsAbandoned}";
}
