namespace LlmCascade.Tests.Chaos;

/// <summary>All that must hold of every run, whatever its script does.</summary>
internal static class ChaosChecks
{
    public static IEnumerable<string> Check(ChaosRun run) =>
        LeftoverChecks.Check(run).Concat(run.Callers.SelectMany(caller => Check(run, new RequestView(run, caller))));

    private static IEnumerable<string> Check(ChaosRun run, RequestView view)
    {
        var nested = run.Episodes.Where(episode => episode.Request == view.Caller.Number && episode.Cascade is not null).ToArray();
        if (nested.DistinctBy(episode => episode.Cascade).Count() != nested.Length
            || view.Addenda.DistinctBy(addendum => addendum.Cascade).Count() != view.Addenda.Length
            || view.Calls.DistinctBy(call => call.Place).Count() != view.Calls.Count())
        {
            return [$"request {view.Caller.Number} was published twice by a nested cascade, has two addenda, or called somebody twice"];
        }

        if (view.Caller.Script is { IsStreaming: true, StopsAfterUpdates: 0 } && view.Published.Length == 0)
        {
            // Who never begins to read asks nobody.
            return view.Calls.Select(call => $"{call.Place} was called for nobody");
        }

        return view.Published.Length != 1
            ? [$"request {view.Caller.Number} was published {view.Published.Length} times; its caller got {view.Caller.Failure}"]
            : AnswerChecks.Check(view)
                .Concat(LedgerChecks.Check(view))
                .Concat(EpisodeChecks.Check(view))
                .Concat(ReasonChecks.Check(view))
                .Select(broken => $"request {view.Caller.Number}: {broken}");
    }
}
