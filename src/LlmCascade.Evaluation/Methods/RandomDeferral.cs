using System.Collections.Immutable;
using LlmCascade.Calibration;
using LlmCascade.Escalation;

namespace LlmCascade.Evaluation.Methods;

/// <summary>The expert for items that chance picks, otherwise the label that it gave most often so far.</summary>
/// <remarks>The budget is spent to the last call, and every item is as likely to be picked as any other, but for the first ones: the expert answers until a label is known.</remarks>
internal sealed class RandomDeferral : IReplayMethod
{
    private const string Tier = "majority";

    public string Name => "random";

    public ValueTask<ReplayRun> RunAsync(
        IReadOnlyList<StreamItem> items,
        RecordedExpert expert,
        ReplayOptions options,
        ulong seed,
        IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var hash = new StableHash(seed);
        hash.Add("random-deferral");
        var draws = new SplitMix(hash.Finish());
        var counts = new int[expert.Labels.Labels.Length];
        var lessons = 0;
        var outcomes = ImmutableArray.CreateBuilder<ItemOutcome>(items.Count);
        foreach (var item in items.InTurn(progress, cancellationToken))
        {
            var most = lessons == 0 ? null : expert.Labels.Labels[Array.IndexOf(counts, counts.Max())];
            if (expert.Remaining > 0 && (most is null || draws.Below(items.Count - outcomes.Count) < expert.Remaining))
            {
                var label = expert.Look(item);
                outcomes.Add(new(label, ReplayRun.Expert, true, [most]));
                if (label is not null)
                {
                    counts[expert.Labels.IndexOf(label)]++;
                    lessons++;
                }
            }
            else
            {
                outcomes.Add(new(most, Tier, false, [most]));
            }
        }

        return new(new ReplayRun(
            outcomes.MoveToImmutable(), [Tier], items.Count, lessons, TimeProvider.System.GetElapsedTime(started).TotalSeconds));
    }
}
