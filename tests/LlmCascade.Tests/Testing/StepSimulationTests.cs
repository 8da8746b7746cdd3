using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Xunit;

namespace LlmCascade.Tests.Testing;

public sealed class StepSimulationTests
{
    private const int Tasks = 20_000;

    private static readonly StepSimulation _world = new(seed: 2, Tasks);

    // A run takes seconds, and both tests look at it.
    private static readonly Dictionary<StepMode, Lazy<Task<Run>>> _runs = new StepMode[] { StepMode.LocalOnly, StepMode.SelfReflection, StepMode.Switching, StepMode.CloudOnly }
        .ToDictionary(mode => mode, mode => new Lazy<Task<Run>>(() => Task.Run(() => RunAsync(mode))));

    [Fact]
    public async Task Switching_beats_the_local_model_and_comes_near_the_cloud_at_a_third_of_its_cost()
    {
        var runs = await Task.WhenAll(_runs.Values.Select(run => run.Value));
        var by = runs.ToDictionary(run => run.Mode);

        Assert.True(by[StepMode.Switching].Accuracy > by[StepMode.SelfReflection].Accuracy + 0.3);
        Assert.True(by[StepMode.SelfReflection].Accuracy > by[StepMode.LocalOnly].Accuracy + 0.08);
        Assert.True(by[StepMode.Switching].Accuracy > by[StepMode.CloudOnly].Accuracy - 0.05);
        Assert.True(by[StepMode.Switching].Cost < by[StepMode.CloudOnly].Cost / 3);
    }

    [Theory]
    [InlineData(StepMode.LocalOnly, 0.85)]
    [InlineData(StepMode.SelfReflection, 0.85 + (0.15 * 0.9 * 0.3))]
    [InlineData(StepMode.Switching, (0.85 * (0.95 + (0.05 * 0.99))) + (0.15 * 0.9 * 0.99))]
    [InlineData(StepMode.CloudOnly, 0.99)]
    public async Task Each_mode_is_right_as_often_as_its_probabilities_say(StepMode mode, double rightStep)
    {
        var expected = Enumerable.Range(4, 5).Average(steps => Math.Pow(rightStep, steps));

        var run = await _runs[mode].Value;

        // Four deviations of a share of so many tasks.
        Assert.InRange(run.Accuracy - expected, -4 * Math.Sqrt(expected * (1 - expected) / Tasks), 4 * Math.Sqrt(expected * (1 - expected) / Tasks));
    }

    [Fact]
    public void Only_a_finished_right_sum_is_a_right_answer()
    {
        var world = new StepSimulation(seed: 1, tasks: 1);

        Assert.False(world.IsRight(0, ""));
        Assert.False(world.IsRight(0, "0 + 1 = 1 #### 1"));
        Assert.False(world.IsStepRight(0, 100, "0 + 1 = 1"));
        Assert.Throws<ArgumentOutOfRangeException>(() => new StepSimulation(seed: 1, tasks: 0));
    }

    private static async Task<Run> RunAsync(StepMode mode)
    {
        using var local = _world.CreateLocalModel();
        using var cloud = _world.CreateCloudModel();
        var cascade = StepwiseCascade.Create(
            new Cascade(
                [new Tier("local", new IntrospectedGenerator(new ChatClientGenerator(local), _world.CreateIntrospector()), new StepPolicy()) { Prices = StepSimulation.LocalPrices }],
                new Expert(new ChatClientGenerator(cloud)) { Prices = StepSimulation.CloudPrices }),
            new StepwiseOptions { Mode = mode, MaxConsecutiveExpertSteps = null });
        var (right, cost) = (0, 0m);
        for (var task = 0; task < Tasks; task++)
        {
            var result = await cascade.RunAsync(new GenerationRequest(_world.Tasks[task]));
            right += _world.IsRight(task, result.Generation.Response.Text) ? 1 : 0;
            cost += result.Episode.Root.Total().Cost;
        }

        Assert.Equal(local.Charged + cloud.Charged, cost);
        return new Run(mode, (double)right / Tasks, cost);
    }

    private sealed record Run(StepMode Mode, double Accuracy, decimal Cost);
}
