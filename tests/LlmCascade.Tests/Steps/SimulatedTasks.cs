using System.Globalization;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Steps;
using LlmCascade.Testing;

namespace LlmCascade.Tests.Steps;

/// <summary>The simulated tasks, labelled, and what works on them.</summary>
internal sealed class SimulatedTasks(StepSimulation world) : IDisposable
{
    public StepSimulation.Model Local { get; } = world.CreateLocalModel();

    public StepSimulation.Model Cloud { get; } = world.CreateCloudModel();

    /// <summary>Gets what both models have charged so far.</summary>
    public decimal Charged => Local.Charged + Cloud.Charged;

    /// <summary>Gets the tasks, whose ids are their numbers. The answers are the world's secret.</summary>
    public IReadOnlyList<LabelledTask> All { get; } = [.. world.Tasks.Select((text, i) => new LabelledTask(i.ToString(CultureInfo.InvariantCulture), text, ""))];

    public static int NumberOf(LabelledTask task) => int.Parse(task.Id, CultureInfo.InvariantCulture);

    public bool IsRight(LabelledTask task, string answer) => world.IsRight(NumberOf(task), answer);

    public int? FirstWrong(LabelledTask task, Trajectory trajectory) =>
        Enumerable.Range(0, trajectory.Steps.Length).Cast<int?>().FirstOrDefault(place => !world.IsStepRight(NumberOf(task), place!.Value, trajectory.Steps[place.Value].Text));

    public Examiner CreateExaminer(Action<ExaminerOptions>? configure = null)
    {
        var options = new ExaminerOptions { LocalPrices = StepSimulation.LocalPrices, ExpertPrices = StepSimulation.CloudPrices, IsRight = IsRight };
        configure?.Invoke(options);
        return new Examiner(new ChatClientGenerator(Local), new ChatClientGenerator(Cloud), StepRule.Of(FirstWrong), options);
    }

    public Cascade CreateCascade(IStepIntrospector introspector, double threshold = 0.5, StepMode mode = StepMode.Switching) => StepwiseCascade.Create(
        new Cascade(
            [
                new Tier(
                    "local",
                    new IntrospectedGenerator(new ChatClientGenerator(Local), introspector),
                    new StepPolicy(new StepCheckOptions { ActivationThreshold = threshold }))
                {
                    Prices = StepSimulation.LocalPrices,
                },
            ],
            new Expert(new ChatClientGenerator(Cloud)) { Prices = StepSimulation.CloudPrices }),
        new StepwiseOptions { Mode = mode, MaxConsecutiveExpertSteps = null });

    public void Dispose()
    {
        Local.Dispose();
        Cloud.Dispose();
    }
}
