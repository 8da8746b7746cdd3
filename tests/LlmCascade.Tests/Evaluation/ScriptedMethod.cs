using LlmCascade.Evaluation;

namespace LlmCascade.Tests.Evaluation;

/// <summary>A method whose runs a test writes down.</summary>
internal sealed class ScriptedMethod(Func<IReadOnlyList<StreamItem>, RecordedExpert, ulong, ReplayRun> run) : IReplayMethod
{
    public string Name => "scripted";

    public List<(ulong Seed, int[] Order)> Runs { get; } = [];

    /// <summary>A method of one tier, which answers everything with the first label.</summary>
    public static ScriptedMethod FirstLabel() => new((items, expert, _) => new(
        [.. items.Select(_ => new ItemOutcome(expert.Labels.Labels[0], "tier", false, [expert.Labels.Labels[0]]))], ["tier"], 0, 0, 0));

    public ValueTask<ReplayRun> RunAsync(
        IReadOnlyList<StreamItem> items,
        RecordedExpert expert,
        ReplayOptions options,
        ulong seed,
        IProgress<int>? progress,
        CancellationToken cancellationToken)
    {
        Runs.Add((seed, [.. items.Select(item => item.Index)]));
        return new(run(items, expert, seed));
    }
}
