using System.Collections.Immutable;
using LlmCascade.Students;

namespace LlmCascade.Evaluation.Methods;

/// <summary>One student that learns the expert's labels of other items before the stream begins, and then answers alone.</summary>
internal sealed class DistilledMethod : IReplayMethod
{
    public string Name => "distilled";

    public async ValueTask<ReplayRun> RunAsync(
        IReadOnlyList<StreamItem> items,
        RecordedExpert expert,
        ReplayOptions options,
        ulong seed,
        IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        var student = StudentSets.Create(options, options.Tiers[0], expert.Labels, seed);
        using var native = student as IDisposable;
        foreach (var item in expert.TrainingItems.Take(expert.Budget))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (expert.LookAtTraining(item) is { } label)
            {
                await student.LearnAsync(new Demonstration(item.Text, expert.Labels.IndexOf(label)), cancellationToken);
            }
        }

        (student as LogisticStudent)?.Revise();
        var name = options.Tiers[0].Name;
        var outcomes = ImmutableArray.CreateBuilder<ItemOutcome>(items.Count);
        foreach (var item in items.InTurn(progress, cancellationToken))
        {
            var label = (await student.PredictAsync(item.Text, cancellationToken))?.Best;
            outcomes.Add(new ItemOutcome(label, name, ExpertCalled: false, [label]));
        }

        return new ReplayRun(
            outcomes.MoveToImmutable(),
            [name],
            InferenceCost: items.Count * student.Cost,
            TrainingCost: 2 * student.Steps * student.Cost,
            TimeProvider.System.GetElapsedTime(started).TotalSeconds);
    }
}
