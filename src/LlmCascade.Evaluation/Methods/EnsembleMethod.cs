using System.Collections.Immutable;
using LlmCascade.Calibration;
using LlmCascade.Students;

namespace LlmCascade.Evaluation.Methods;

/// <summary>Chance decides, with fixed shares, whether the student or the expert answers an item; the student learns from the expert.</summary>
/// <remarks>The budget is spent to the last call. Until the student has learned anything, the expert answers.</remarks>
internal sealed class EnsembleMethod : IReplayMethod
{
    private const int ItemsBetweenReports = 256;

    public string Name => "ensemble";

    public async ValueTask<ReplayRun> RunAsync(
        IReadOnlyList<StreamItem> items,
        RecordedExpert expert,
        ReplayOptions options,
        ulong seed,
        IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var draws = new SplitMix(seed);
        var student = LogisticStudent.Create(expert.Labels, draws.Next());
        var name = options.Tiers[0].Name;
        var outcomes = ImmutableArray.CreateBuilder<ItemOutcome>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            if (i % ItemsBetweenReports == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(i);
            }

            var said = (await student.PredictAsync(items[i].Text, cancellationToken))?.Best;
            if (expert.Remaining == 0 || (said is not null && draws.Below(items.Count - i) >= expert.Remaining))
            {
                outcomes.Add(new ItemOutcome(said, name, ExpertCalled: false, [said]));
                continue;
            }

            var label = expert.Look(items[i]);
            outcomes.Add(new ItemOutcome(label, ReplayRun.Expert, ExpertCalled: true, [said]));
            if (label is not null)
            {
                await student.LearnAsync(new Demonstration(items[i].Text, expert.Labels.IndexOf(label)), cancellationToken);
            }
        }

        return new ReplayRun(
            outcomes.MoveToImmutable(),
            [name],
            InferenceCost: items.Count,
            TrainingCost: 2 * student.Steps,
            TimeProvider.System.GetElapsedTime(started).TotalSeconds);
    }
}
