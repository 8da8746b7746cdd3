using LlmCascade.Escalation;
using LlmCascade.Steps;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class TrajectoryRecordTests
{
    [Fact]
    public async Task An_episode_without_steps_has_no_record()
    {
        var cascade = new Cascade([], Cascades.Expert("answer"));

        Assert.Null(TrajectoryRecord.Of((await cascade.RunAsync(Cascades.Question)).Episode));
    }

    [Fact]
    public async Task The_record_of_an_episode_has_its_id_its_cost_and_its_final_answer()
    {
        var steps = new Scripts("2 + 3 = 5", "**Answer:** 5") { Usage = new UsageDetails { InputTokenCount = 10, OutputTokenCount = 1 } };
        var cascade = StepwiseCascade.Create(new Cascade([new Tier("local", steps.Model, Cascades.KeepAll) { Prices = new Prices(1, 1) }], Cascades.Expert("unasked")));

        var episode = (await cascade.RunAsync(new GenerationRequest("2 + 3?"))).Episode;
        var record = TrajectoryRecord.Of(episode)!;

        Assert.Equal((episode.Id, "5", null), (record.Id, record.Answer, record.IsRight));
        Assert.Equal((0.000022m, true), (record.Cost, record.IsCostComplete));
        Assert.Same(episode.Answer!.Trajectory, record.Trajectory);
    }

    [Fact]
    public void A_trajectory_whose_steps_cost_nothing_known_has_no_cost_and_one_that_was_cut_no_answer()
    {
        var record = TrajectoryRecord.Of("a", new Trajectory([], [new ReasoningStep("Answer: 5", "local")]) { End = TrajectoryEnd.StepLimit });

        Assert.Equal((null, null, false), (record.Answer, record.Cost, record.IsCostComplete));
    }

    [Fact]
    public void A_last_step_that_marks_no_answer_is_the_answer() => Assert.Equal(
        "It is five.", TrajectoryRecord.Of("a", new Trajectory([], [new ReasoningStep("It is five.", "local")]) { End = TrajectoryEnd.Answered }).Answer);

    [Fact]
    public void What_is_null_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => TrajectoryRecord.Of(null!));
        Assert.Throws<ArgumentNullException>(() => TrajectoryRecord.Of("a", null!));
        Assert.Throws<ArgumentNullException>(() => TrajectoryRecord.Of(null!, new Trajectory([], [])));
    }

    [Theory]
    [InlineData("5", "2 + 3 = 5", "**Answer:**", "5")]
    [InlineData("6", "3 + 3 = 6", "Answer: 6", "That is all.")]
    [InlineData("It is six.", "3 + 3 = 6", "It is six.")]
    public void The_answer_is_what_the_steps_give_as_it_at_last(string answer, params string[] steps)
    {
        var trajectory = new Trajectory([], [.. steps.Select(text => new ReasoningStep(text, "local"))]) { End = TrajectoryEnd.Answered };

        Assert.Equal(answer, TrajectoryRecord.Of("task", trajectory).Answer);
    }
}
