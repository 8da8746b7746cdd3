using LlmCascade;
using Microsoft.Extensions.AI;

namespace Documentation;

/// <summary>The code of docs/costs.md.</summary>
internal static class Costs
{
    public static void Prices(TierBuilder tier)
    {
        // snippet: prices
        tier.Costs(inputPerMillion: 0.1m, outputPerMillion: 0.4m, cachedInputPerMillion: 0.025m, perCall: 0.00001m);
        // end-snippet
    }

    // snippet: costs-of-a-response
    public static void Print(ChatResponse response)
    {
        var trace = response.GetCascadeTrace()!;
        Console.WriteLine($"{(trace.IsCostIncomplete ? "at least " : "")}{trace.Cost}");
        Console.WriteLine(response.Usage?.AdditionalCounts?.GetValueOrDefault("small.output_tokens"));   // 0 where unknown
    }
    // end-snippet

    public static void Ledger(CascadeBuilder cascade, Action<string, decimal, bool> bill)
    {
        // snippet: ledger
        cascade.OnEpisode(episode =>
        {
            var totals = episode.Root.Total();
            bill(episode.Scope ?? "", totals.Cost, totals.IsCostComplete);
        });
        // end-snippet
    }
}
