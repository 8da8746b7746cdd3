using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Chaos;

/// <summary>Checks that the episode accounts for every call, with what it has reported and no more.</summary>
internal static class LedgerChecks
{
    public static IEnumerable<string> Check(RequestView view)
    {
        var recorded = view.Leaves().Concat(view.ShadowLeaves()).Select(path => path[^1]).ToDictionary(attempt => attempt.Name);
        foreach (var call in view.Calls.Where(call => !recorded.ContainsKey(call.Place)))
        {
            yield return $"{call.Place} was called and is not in the episode";
        }

        foreach (var attempt in recorded.Values)
        {
            if (!IsExact(attempt, view.CallTo(attempt.Name), view.Place(attempt.Name)))
            {
                yield return $"{attempt} has usage {Text(attempt.Usage)} {attempt.UsageState}, cost {attempt.Cost} {attempt.IsCostComplete}, "
                    + $"abandoned {attempt.IsAbandoned}; the call reported {Text(view.CallTo(attempt.Name)?.Usage)}, to the end: {view.CallTo(attempt.Name)?.IsReadToEnd}";
            }
        }

        foreach (var attempt in view.Payers().Where(attempt => attempt.Usage is not null && view.EpisodeBehind(attempt.Name) is not null))
        {
            var inside = view.EpisodeBehind(attempt.Name)!.Root.Total().Usage;
            if (Text(attempt.Usage) != Text(inside))
            {
                yield return $"{attempt} has usage {Text(attempt.Usage)}, and the cascade behind it reported {Text(inside)}";
            }
        }

        // Who only asks others uses nothing; what they used is theirs.
        foreach (var group in view.Groups().Where(group => !group.IsAbandoned && group is not { UsageState: UsageState.None, Cost: null }))
        {
            yield return $"{group} has usage of its own: {Text(group.Usage)} for {group.Cost}";
        }

        foreach (var broken in CheckTotals(view.Episode.Root, [.. view.Payers()], view))
        {
            yield return broken;
        }
    }

    private static IEnumerable<string> CheckTotals(Attempt root, IReadOnlyCollection<Attempt> leaves, RequestView view)
    {
        var totals = root.Total();
        var usage = new UsageDetails();
        foreach (var attempt in leaves.Where(attempt => attempt.Usage is not null))
        {
            usage.Add(attempt.Usage!);
        }

        if (Text(usage) != Text(totals.Usage) || totals.Cost != leaves.Sum(attempt => attempt.Cost ?? 0))
        {
            yield return $"the totals are {Text(totals.Usage)} for {totals.Cost} and the attempts' sum is {Text(usage)}";
        }

        // A call that was left behind makes everything around it incomplete, so only the other direction is exact there.
        var isMissing = leaves.Any(attempt => attempt.UsageState is UsageState.Partial or UsageState.Unknown);
        if (totals.IsUsageComplete == isMissing && !HasAbandonedGroup(root, view))
        {
            yield return $"usage complete: {totals.IsUsageComplete}, and something is missing: {isMissing}";
        }
    }

    private static bool HasAbandonedGroup(Attempt attempt, RequestView view) => attempt.Children.Any(child =>
        (child.IsAbandoned && view.Place(child.Name) is { Actor: CascadeScript, IsBehindClient: false }) || HasAbandonedGroup(child, view));

    private static bool IsExact(Attempt attempt, CallRecord? call, PlaceScript place)
    {
        var prices = place.Prices;
        if (call is null)
        {
            return attempt is { Usage: null, UsageState: UsageState.None, Cost: null, IsCostComplete: true } || IsCutAtTheDoor(attempt, place);
        }

        var state = StateOf(call);
        var isExact = Text(attempt.Usage) == Text(call.Usage)
            && attempt.UsageState == state
            && (attempt.Cost, attempt.IsCostComplete) == CostOf(call.Usage, state, prices);
        if (place.Judge == Judgement.GivesUp && call.Usage is null)
        {
            // Where the provider reports nothing, the tokens that came are a lower bound.
            return attempt is { Usage: null or { InputTokenCount: null, OutputTokenCount: > 0 }, UsageState: UsageState.Partial or UsageState.Unknown };
        }

        return attempt.IsAbandoned
            ? (isExact && call.IsReadToEnd) || IsLowerBound(attempt, call, prices)
            : isExact;
    }

    // The loop cannot know that a generator asked nobody, because it threw at once, or because time ran out on the threshold.
    private static bool IsCutAtTheDoor(Attempt attempt, PlaceScript place) =>
        (place.Oddity == Oddity.ThrowsAtOnce
            || attempt.Role == AttemptRole.Judge
            || attempt.Verdict.Reason is EscalationReasons.Deadline or EscalationReasons.TimedOut or EscalationReasons.Cancelled)
        && attempt is { Usage: null, UsageState: UsageState.Unknown }
        && attempt.Cost == place.Prices?.PerCall;

    // The end of a call that was left behind came after the books were closed.
    private static bool IsLowerBound(Attempt attempt, CallRecord call, Prices? prices) =>
        attempt is { UsageState: UsageState.Partial or UsageState.Unknown, IsCostComplete: false }
        && (attempt.Usage?.InputTokenCount ?? 0) <= (call.Usage?.InputTokenCount ?? 0)
        && (attempt.Usage?.OutputTokenCount ?? 0) <= (call.Usage?.OutputTokenCount ?? 0)
        && (attempt.Cost ?? 0) >= (prices?.PerCall ?? 0);

    private static UsageState StateOf(CallRecord call) => call.Usage switch
    {
        null => UsageState.Unknown,
        { InputTokenCount: not null, OutputTokenCount: not null } when call.IsReadToEnd => UsageState.Reported,
        _ => UsageState.Partial,
    };

    private static (decimal? Cost, bool IsComplete) CostOf(UsageDetails? usage, UsageState state, Prices? prices) => prices switch
    {
        null => (null, false),
        { InputPerMillion: null } => (prices.PerCall, true),
        _ when usage is { InputTokenCount: { } input, OutputTokenCount: { } output } =>
            ((prices.PerCall ?? 0) + (((input * prices.InputPerMillion) + (output * prices.OutputPerMillion)) / 1_000_000), state == UsageState.Reported),
        _ => (prices.PerCall, false),
    };

    private static string Text(UsageDetails? usage) => $"{usage?.InputTokenCount}/{usage?.OutputTokenCount}/{usage?.TotalTokenCount}";
}
