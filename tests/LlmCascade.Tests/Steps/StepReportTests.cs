using LlmCascade.Escalation;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class StepReportTests
{
    [Fact]
    public async Task Over_simulated_tasks_the_rates_are_those_of_the_world()
    {
        var world = new StepSimulation(seed: 5, tasks: 1500);
        using var tasks = new SimulatedTasks(world);
        var episodes = await RunAsync(tasks, world);
        var numbers = episodes.Select((episode, i) => (episode.Id, i)).ToDictionary(each => each.Id, each => each.i);

        // Behind a mistake nobody can be right, so nothing there tells how good anybody is.
        var report = StepReport.Create(
            episodes,
            (episode, place, text) => episode.Answer!.Trajectory!.Steps.Take(place).Select((step, before) => world.IsStepRight(numbers[episode.Id], before, step.Text)).All(isRight => isRight)
                ? world.IsStepRight(numbers[episode.Id], place, text)
                : null,
            StepSimulation.CloudPrices);

        IsNear(0.9, report.Recall!);
        IsNear(0.99, report.RepairRate!);
        IsNear(0.01, report.DamageRate!);
        IsNear(0.15 * 0.9 / ((0.15 * 0.9) + (0.85 * 0.05)), report.Precision!);
        Assert.Equal((1500, 1.0), (report.Tasks, report.Coverage!.Value));
        Assert.Equal(report.Steps, report.Coverage.Total);
        Assert.True(report.Recall!.Total > 800 && report.DamageRate!.Total > 200);
    }

    [Fact]
    public async Task Over_simulated_tasks_every_token_and_every_cost_is_accounted_for()
    {
        var world = new StepSimulation(seed: 6, tasks: 200);
        using var tasks = new SimulatedTasks(world);
        var episodes = await RunAsync(tasks, world);

        var report = StepReport.Create(episodes, expertPrices: StepSimulation.CloudPrices);

        Assert.Equal((tasks.Charged, true), (report.Cost, report.IsCostComplete));
        Assert.Equal(tasks.Charged / 200, report.CostPerTask);
        Assert.Equal(tasks.Cloud.Calls, report.ExpertCalls);
        Assert.Equal(report.ExpertCalls, report.ExpertSteps!.Count);
        Assert.Equal(tasks.Cloud.Charged, (report.ExpertUncachedInputTokens + report.ExpertOutputTokens) * 30 / 1_000_000m);
        Assert.Equal((0, 30 * tasks.Cloud.Calls, true), (report.ExpertCachedInputTokens, report.ExpertOutputTokens, report.IsExpertUsageComplete));

        // Beyond the task's 100 tokens a call reads 30 for each step before, and for the suspect one.
        var late = episodes.Sum(episode => episode.Answer!.Trajectory!.Steps.Select((step, place) => step.IsByExpert ? (place + 1) * 30 : 0).Sum());
        Assert.Equal((late, late * 30 / 1_000_000m), (report.LateSwitchTokens, report.LateSwitchCost));
        Assert.NotNull(report.MedianTimeToFirstStep);
        Assert.Equal((null, null, null, null), (report.Precision, report.Recall, report.RepairRate, report.DamageRate));
    }

    [Fact]
    public void Without_episodes_nothing_is_defined()
    {
        var report = StepReport.Create([], (_, _, _) => true, StepSimulation.CloudPrices);

        Assert.Equal((0, 0, 0m, null), (report.Tasks, report.Steps, report.Cost, report.CostPerTask));
        Assert.Equal((null, null, null, null), (report.ExpertSteps, report.Coverage, report.Precision, report.Recall));
        Assert.Null(report.MedianTimeToFirstStep);
    }

    [Fact]
    public void Episodes_without_steps_are_passed_over()
    {
        var whole = Episode([]);

        Assert.Equal(0, StepReport.Create([whole with { Answer = Said("x") }, whole with { Answer = null }]).Tasks);
    }

    [Fact]
    public void Checks_that_were_paid_for_and_hand_overs_are_counted()
    {
        var judge = new Attempt("judge", AttemptRole.Judge) { Cost = 0.5m, Children = [new Attempt("vote", AttemptRole.Member) { Cost = 0.25m }] };
        var report = StepReport.Create(
        [
            Episode([StepAttempt(new Attempt("local", AttemptRole.Tier) { Cost = 1, Children = [judge] })], handedOverAt: 0, new ReasoningStep("a", "local") { AcceptedAfter = TimeSpan.FromSeconds(1) }),
            Episode([], handedOverAt: null, new ReasoningStep("b", "local") { AcceptedAfter = TimeSpan.FromSeconds(4) }),
        ]);

        Assert.Equal((1.75m, 0.75m, 1), (report.Cost, report.CostOfChecks, report.HandOvers));
        Assert.Equal(TimeSpan.FromSeconds(2.5), report.MedianTimeToFirstStep);
    }

    [Theory]
    [InlineData(StepMode.LocalOnly)]
    [InlineData(StepMode.SelfReflection)]
    [InlineData(StepMode.Hint)]
    [InlineData(StepMode.CloudOnly)]
    public async Task A_tier_in_the_experts_place_is_no_expert_and_a_hint_is_the_experts(StepMode mode)
    {
        var world = new StepSimulation(seed: 7, tasks: 60);
        using var tasks = new SimulatedTasks(world);

        var report = StepReport.Create(await RunAsync(tasks, world, mode));

        Assert.Equal((tasks.Cloud.Calls, tasks.Charged), (report.ExpertCalls, report.Cost));
        Assert.Equal(mode == StepMode.CloudOnly ? report.Steps : 0, report.ExpertSteps!.Count);
    }

    [Fact]
    public void What_a_late_call_read_from_a_cache_costs_less()
    {
        var local = new Attempt("local", AttemptRole.Tier) { Generation = Said("x"), Usage = Usage(100), UsageState = UsageState.Reported };
        var expert = new Attempt("expert", AttemptRole.Expert) { Generation = Said("x"), Usage = Usage(300, cached: 200), UsageState = UsageState.Reported };
        var blind = new Attempt("expert", AttemptRole.Expert) { Generation = Said("x"), UsageState = UsageState.Unknown };

        var report = StepReport.Create([Episode([StepAttempt(local), StepAttempt(local, expert), StepAttempt(blind)])], expertPrices: new Prices(10, 10, cachedInputPerMillion: 1));

        // The task's 100 tokens were cached too, so that 100 cached and 100 others were late.
        Assert.Equal((200, 0.0011m), (report.LateSwitchTokens, report.LateSwitchCost));
        Assert.Equal((2, false), (report.ExpertCalls, report.IsExpertUsageComplete));
        Assert.Null(StepReport.Create([Episode([StepAttempt(local, expert)])]).LateSwitchCost);
    }

    [Fact]
    public void Alarms_are_judged_by_first_versions_and_rewrites_by_last_ones()
    {
        ReasoningStep Checked(string text, double? probability, params ReasoningStep[] rejected) =>
            new(text, "local") { Check = new StepCheck("s") { ErrorProbability = probability }, Rejected = rejected };
        var episode = Episode(
            [],
            null,
            Checked("right", 0.1),
            Checked("wrong", 0.1),
            Checked("wrong", null),
            new ReasoningStep("right", "expert") { Rejected = [Checked("wrong", 0.9)] },
            new ReasoningStep("wrong", "expert") { Rejected = [Checked("wrong", 0.9)] },
            new ReasoningStep("wrong", "expert") { Rejected = [Checked("right", 0.9)] },
            new ReasoningStep("unknown", "expert") { Rejected = [Checked("right", 0.9)] },
            new ReasoningStep("right", "expert") { Rejected = [Checked("unknown", 0.9)] },
            new ReasoningStep("wrong", "expert"));

        var report = StepReport.Create([episode], (_, _, text) => text switch { "right" => true, "wrong" => false, _ => null });

        Assert.Equal(new StepRate(7, 8), report.Coverage);
        Assert.Equal(new StepRate(2, 4), report.Precision);
        Assert.Equal(new StepRate(2, 4), report.Recall);
        Assert.Equal(new StepRate(1, 2), report.RepairRate);
        Assert.Equal(new StepRate(1, 1), report.DamageRate);
        Assert.True(report.Recall!.Low < 0.2 && report.Recall.High > 0.8);
    }

    private static async Task<List<Episode>> RunAsync(SimulatedTasks tasks, StepSimulation world, StepMode mode = StepMode.Switching)
    {
        var cascade = tasks.CreateCascade(world.CreateIntrospector(), mode: mode);
        List<Episode> episodes = [];
        foreach (var task in tasks.All)
        {
            episodes.Add((await cascade.RunAsync(new GenerationRequest(task.Messages))).Episode);
        }

        return episodes;
    }

    // Four standard deviations of what was counted; the draws are fixed, so it passes always or never.
    private static void IsNear(double expected, StepRate rate)
    {
        var deviation = 4 * Math.Sqrt(expected * (1 - expected) / rate.Total);
        Assert.InRange(rate.Value, expected - deviation, expected + deviation);
        Assert.InRange(rate.Value, rate.Low, rate.High);
    }

    private static Generation Said(string text) => new(new ChatResponse(new ChatMessage(ChatRole.Assistant, text)));

    private static UsageDetails Usage(long input, long? cached = null) => new() { InputTokenCount = input, CachedInputTokenCount = cached, OutputTokenCount = 0 };

    private static Attempt StepAttempt(params Attempt[] children) => new("step", AttemptRole.Step) { Children = [.. children] };

    private static Episode Episode(Attempt[] attempts, int? handedOverAt = null, params ReasoningStep[] steps) => new(
        "e",
        null,
        new GenerationRequest("?"),
        Said("x") with { Trajectory = new Trajectory([], [.. steps]) { HandedOverAt = handedOverAt } },
        new Attempt("root", AttemptRole.Cascade) { Children = [new Attempt("steps", AttemptRole.Expert) { Children = [.. attempts] }] });

    [Fact]
    public async Task An_introspector_that_can_never_tell_finds_nothing_although_all_is_passed_on()
    {
        var cascade = StepwiseCascade.Create(new Cascade(
            [new Tier("local", new IntrospectedGenerator(new ScriptedGenerator("one wrong"), new Mute()), new StepPolicy())], new Expert(new ScriptedGenerator("Answer: 1"))));

        var report = StepReport.Create([(await cascade.RunAsync(new GenerationRequest("?"))).Episode], (_, _, text) => !text.Contains("wrong", StringComparison.Ordinal));

        Assert.Equal((new StepRate(0, 1), null, new StepRate(0, 1)), (report.Coverage, report.Precision, report.Recall));
        Assert.Equal(new StepRate(1, 1), report.RepairRate);
    }

    private sealed class Mute : IStepIntrospector
    {
        public string Id => "mute";

        public bool CanClear => true;

        public ValueTask<StepCheck> CheckAsync(GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken) => new(new StepCheck(Id));
    }
}
