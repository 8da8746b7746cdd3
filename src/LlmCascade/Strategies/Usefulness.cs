namespace LlmCascade.Strategies;

/// <summary>Says which strategies a repository that is full can spare.</summary>
internal static class Usefulness
{
    /// <summary>How often a strategy is likely to help in a day.</summary>
    /// <remarks>
    /// How often it is shown in a day, times the share of checked answers it won, both with one observation added to
    /// each side, so that who was never shown or checked is judged by its age. A retired one is never shown.
    /// </remarks>
    public static double Of(Strategy strategy, DateTimeOffset now)
    {
        if (strategy.Status == StrategyStatus.Retired)
        {
            return 0;
        }

        var counters = strategy.Counters;
        var days = Math.Max(0, (now - strategy.CreatedAt).TotalDays);
        var shown = (counters.Shown + 1) / (days + 1);
        var won = (counters.Wins + 1) / (counters.Wins + counters.Losses + 2);
        return shown * won;
    }

    /// <summary>Picks the least useful strategies. The scopes that have the most give them, so that none pushes out the others'.</summary>
    public static List<Strategy> PickLeast(StrategyState state, int count, DateTimeOffset now)
    {
        var largest = new PriorityQueue<Shelf, int>(state.Shelves.Select(shelf => (shelf, -shelf.Count)));
        var shares = new Dictionary<Shelf, int>();
        for (; count > 0 && largest.TryDequeue(out var shelf, out var rest); count--)
        {
            shares[shelf] = shares.GetValueOrDefault(shelf) + 1;
            if (rest < -1)
            {
                largest.Enqueue(shelf, rest + 1);
            }
        }

        return [.. shares.SelectMany(share => share.Key.Entries.Select(entry => entry.Strategy).OrderBy(strategy => Of(strategy, now)).Take(share.Value))];
    }
}
