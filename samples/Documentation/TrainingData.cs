using LlmCascade;
using LlmCascade.Escalation;
using LlmCascade.Steps;

namespace Documentation;

internal static class TrainingData
{
    public static void Log(CascadeBuilder cascade, List<TrajectoryRecord> records)
    {
        // snippet: trajectory-log
        cascade.OnEpisode(episode =>
        {
            if (TrajectoryRecord.Of(episode) is { } record)
            {
                records.Add(record);
            }
        });
        // end-snippet
    }

    public static async Task ExamineAsync(
        IGenerator small, IGenerator large, IReadOnlyList<LabelledTask> tasks, Prices smallPrices, Prices largePrices, Stream trajectories, Stream examples, Func<string, string> withoutNames)
    {
        // snippet: examiner
        var examiner = new Examiner(small, large, StepRule.GoldResults, new ExaminerOptions { LocalPrices = smallPrices, ExpertPrices = largePrices });
        List<TrajectoryRecord> records = [];
        foreach (var task in tasks)
        {
            records.Add(await examiner.ExamineAsync(task));
        }

        await TrajectoryFile.WriteAsync(trajectories, records, redact: withoutNames);
        await TrainingExamples.WriteAsync(examples, records.SelectMany(record => TrainingExamples.Of(record, TrainingStage.ReflectiveLearning)));
        // end-snippet
    }

    public static void Report(IReadOnlyList<Episode> episodes, Func<Episode, int, string, bool?> isStepRight, Prices largePrices)
    {
        // snippet: step-report
        var report = StepReport.Create(episodes, isStepRight, largePrices);
        Console.WriteLine($"{report.ExpertSteps} of the steps are the expert's; {report.Recall} of the wrong ones were found, and {report.RepairRate} of those repaired");
        Console.WriteLine($"{report.CostPerTask} a task, of which {report.LateSwitchCost / report.Tasks} for reading steps again");
        // end-snippet
    }

    public static async Task SweepAsync(IGenerator small, IGenerator large, IStepIntrospector introspector, Prices smallPrices, Prices largePrices, IReadOnlyList<LabelledTask> heldOut)
    {
        // snippet: threshold-sweep
        var sweep = await ThresholdSweep.SweepAsync(heldOut, [0.1, 0.2, 0.3, 0.5, 0.7, 0.9], threshold => StepwiseCascade.Create(new Cascade(
            [
                new Tier("local", new IntrospectedGenerator(small, introspector), new StepPolicy(new StepCheckOptions { ActivationThreshold = threshold })) { Prices = smallPrices },
            ],
            new Expert(large) { Prices = largePrices })));
        var best = sweep.Best(costPerTaskAtMost: 0.002m);
        // end-snippet
        Console.WriteLine(best);
    }
}
