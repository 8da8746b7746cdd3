using System.Collections.Immutable;
using LlmCascade.Students;

namespace LlmCascade.Evaluation.Methods;

/// <summary>One student that learns the expert's labels of other items before the stream begins, and then answers alone.</summary>
internal sealed class DistilledMethod : IReplayMethod
{
    private const int ItemsBetweenReports = 256;

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
        var student = LogisticStudent.Create(expert.Labels, seed);
        foreach (var item in expert.TrainingItems.Take(expert.Budget))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (expert.LookAtTraining(item) is { } label)
            {
                await student.LearnAsync(new Demonstration(item.Text, expert.Labels.IndexOf(label)), cancellationToken);
            }
        }

        student.Revise();
        var name = options.Tiers[0].Name;
        var outcomes = ImmutableArray.CreateBuilder<ItemOutcome>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            if (i % ItemsBetweenReports == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(i);
            }

            var label = (await student.PredictAsync(items[i].Text, cancellationToken))?.Best;
            outcomes.Add(new ItemOutcome(label, name, ExpertCalled: false, [label]));
        }

        return new ReplayRun(
            outcomes.MoveToImmutable(),
            [name],
            InferenceCost: items.Count,
            TrainingCost: 2 * student.Steps,
            TimeProvider.System.GetElapsedTime(started).TotalSeconds);
    }
}
