using System.Collections.Immutable;
using LlmCascade.Calibration;
using LlmCascade.Students;

namespace LlmCascade.Evaluation.Methods;

/// <summary>Chance decides, with fixed shares, whether a student or the expert answers an item; all students learn from the expert.</summary>
/// <remarks>The budget is spent to the last call, and students have equal shares of the rest. Until they have learned anything, the expert answers.</remarks>
internal sealed class EnsembleMethod : IReplayMethod
{
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
        IStudent[] students = [.. options.Tiers.Select(tier => StudentSets.Create(options, tier, expert.Labels, draws.Next()))];
        var inferenceCost = 0.0;
        var outcomes = ImmutableArray.CreateBuilder<ItemOutcome>(items.Count);
        foreach (var item in items.InTurn(progress, cancellationToken))
        {
            var said = new string?[students.Length];
            for (var i = 0; i < said.Length; i++)
            {
                said[i] = (await students[i].PredictAsync(item.Text, cancellationToken))?.Best;
            }

            if (expert.Remaining == 0 || (!said.Contains(null) && draws.Below(items.Count - outcomes.Count) >= expert.Remaining))
            {
                var chosen = draws.Below(students.Length);
                inferenceCost += students[chosen].Cost;
                outcomes.Add(new ItemOutcome(said[chosen], options.Tiers[chosen].Name, ExpertCalled: false, [.. said]));
                continue;
            }

            var label = expert.Look(item);
            outcomes.Add(new ItemOutcome(label, ReplayRun.Expert, ExpertCalled: true, [.. said]));
            for (var i = 0; i < students.Length && label is not null; i++)
            {
                await students[i].LearnAsync(new Demonstration(item.Text, expert.Labels.IndexOf(label)), cancellationToken);
            }
        }

        Array.ForEach(students, student => (student as IDisposable)?.Dispose());
        return new ReplayRun(
            outcomes.MoveToImmutable(),
            [.. options.Tiers.Select(tier => tier.Name)],
            inferenceCost,
            TrainingCost: 2 * students.Sum(student => student.Steps * student.Cost),
            TimeProvider.System.GetElapsedTime(started).TotalSeconds);
    }
}
