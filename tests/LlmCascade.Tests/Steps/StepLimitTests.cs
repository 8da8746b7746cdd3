using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class StepLimitTests : StepTest
{
    // Never comes to an end, and never says the same twice.
    private static ScriptedChatClient Endless(string word = "go on") =>
        new(call => new ScriptedReply($"{word} {(char)('a' + StepsIn(call))}") { Delay = TimeSpan.Zero }.WithUsage(10, 5));

    [Theory]
    [InlineData(TrajectoryEnd.StepLimit, 5)]
    [InlineData(TrajectoryEnd.TokenLimit, 3)]
    [InlineData(TrajectoryEnd.CostLimit, 4)]
    public async Task A_limit_ends_the_answer_unfinished(TrajectoryEnd end, int steps)
    {
        var worked = await WorkAsync(Endless(), Writer("?"), options =>
        {
            options.MaxSteps = 5;
            options.MaxTokens = end == TrajectoryEnd.TokenLimit ? 45 : null;
            options.MaxCost = end == TrajectoryEnd.CostLimit ? 60e-6m : null;
        });

        Assert.Equal((end, steps), (worked.Trajectory.End, worked.Trajectory.Steps.Length));
        Assert.Equal(ChatFinishReason.Length, worked.Response.FinishReason);
    }

    [Fact]
    public async Task The_step_that_is_being_written_when_the_time_is_up_is_cancelled_and_the_answer_ends_unfinished()
    {
        var local = new ScriptedChatClient(call => StepsIn(call) == 0 ? "one" : new ScriptedReply("two") { NeverEnds = true });

        var worked = await WorkAsync(local, Writer("?"), options => options.TimeLimit = TimeSpan.FromMilliseconds(300));

        Assert.Equal(("one", TrajectoryEnd.TimeLimit), (worked.Response.Text, worked.Trajectory.End));
        Assert.Equal(0, local.ActiveCalls);
    }

    [Fact]
    public async Task A_task_without_a_step_in_time_fails()
    {
        var local = new ScriptedChatClient(new ScriptedReply("one") { NeverEnds = true });

        var failure = await Assert.ThrowsAsync<CascadeException>(() => WorkAsync(local, Writer("?"), options => options.TimeLimit = TimeSpan.FromMilliseconds(50)));

        Assert.IsType<TimeoutException>(failure.Attempts[0].Failure);
    }

    [Fact]
    public async Task After_some_steps_in_a_row_the_expert_finishes_the_work_in_one_call()
    {
        var cloud = new ScriptedChatClient(call => call.Messages[^1].Text.Contains("finish", StringComparison.Ordinal)
            ? new ScriptedReply("three\nfour\nAnswer: 5").WithUsage(50, 15)
            : new ScriptedReply($"step {StepsIn(call)}").WithUsage(10, 5));

        var worked = await WorkAsync(Endless("wrong"), cloud, options => options.MaxConsecutiveExpertSteps = 2);

        Assert.Equal("step 0\nstep 1\nthree\nfour\nAnswer: 5", worked.Response.Text);
        Assert.Equal((2, TrajectoryEnd.Answered, 5), (worked.Trajectory.HandedOverAt, worked.Trajectory.End, worked.Trajectory.Steps.Length));
        Assert.Equal(3, cloud.Calls.Count);
        Assert.Equal(worked.Episode.Root.Total().Cost, worked.Trajectory.Steps.Sum(step => step.Spent?.Cost));
    }

    [Fact]
    public async Task What_the_expert_finishes_is_shown_behind_the_steps_before()
    {
        var cloud = new ScriptedChatClient(call => call.Messages[^1].Text.Contains("finish", StringComparison.Ordinal)
            ? new ScriptedReply("thr", "ee\nAnswer", ": 5")
            : new ScriptedReply($"step {StepsIn(call)}"));

        var worked = await WorkAsync(Endless("wrong"), cloud, options => options.MaxConsecutiveExpertSteps = 1, isStreaming: true);

        Assert.Equal(["step 0", "\n", "thr", "ee\nAnswer", ": 5"], worked.Shown);
        Assert.Equal("step 0\nthree\nAnswer: 5", worked.Response.Text);
    }

    [Fact]
    public async Task Steps_in_a_circle_are_left_to_the_expert()
    {
        var cloud = Writer("?", "?", "Answer: 3");

        var worked = await WorkAsync(Writer("go round"), cloud);

        Assert.Equal("go round\ngo round\nAnswer: 3", worked.Response.Text);
        Assert.Equal(2, worked.Trajectory.HandedOverAt);
    }

    [Fact]
    public async Task Equal_results_are_no_circle()
    {
        var worked = await WorkAsync(Writer("2 + 5 = 7", "14 / 2 = 7", "21 / 3 = 7", "Answer: 7"), Writer("?"));

        Assert.Equal((null, TrajectoryEnd.Answered), (worked.Trajectory.HandedOverAt, worked.Trajectory.End));
    }

    [Fact]
    public async Task An_expert_that_answers_everything_anyway_does_not_take_over()
    {
        var worked = await WorkAsync(
            Writer("?"), Writer("a", "b", "c", "d", "e", "Answer: f"), steps => steps.MaxConsecutiveExpertSteps = 2, options: new ChatOptions().WithCascade(request => request.ForceExpert()));

        Assert.Equal((null, 6), (worked.Trajectory.HandedOverAt, worked.Trajectory.Steps.Length));
    }

    [Fact]
    public async Task A_step_that_a_content_filter_cuts_ends_the_answer()
    {
        var worked = await WorkAsync(Writer("one wrong"), new ScriptedChatClient(new ScriptedReply("on") { FinishReason = ChatFinishReason.ContentFilter }));

        Assert.Equal((TrajectoryEnd.Filtered, ChatFinishReason.ContentFilter), (worked.Trajectory.End, worked.Response.FinishReason));
    }

    [Fact]
    public async Task Where_nothing_may_leave_the_machine_a_circle_ends_the_answer()
    {
        var worked = await WorkAsync(Writer("Step 1: go round", "Step 2: go round"), Writer("?"), options => options.Mode = StepMode.LocalOnly);

        Assert.Equal((TrajectoryEnd.Loop, 2), (worked.Trajectory.End, worked.Trajectory.Steps.Length));
    }

    [Fact]
    public async Task A_cancelled_request_ends_at_once()
    {
        using var cancellation = new CancellationTokenSource();
        var local = new ScriptedChatClient(call =>
        {
            if (StepsIn(call) == 1)
            {
                cancellation.Cancel();
            }

            return new ScriptedReply("one") { NeverEnds = StepsIn(call) == 1 };
        });
        var cascade = StepwiseCascade.Create(new Cascade([new Tier("local", new ChatClientGenerator(local), Cascades.KeepAll)], Cascades.Expert("?")));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cascade.RunAsync(Cascades.Question, cancellationToken: cancellation.Token).AsTask());
        Assert.Equal(0, local.ActiveCalls);
    }

    [Theory]
    [InlineData(nameof(StepwiseOptions.MaxSteps))]
    [InlineData(nameof(StepwiseOptions.MaxConsecutiveExpertSteps))]
    [InlineData(nameof(StepwiseOptions.MaxTokens))]
    [InlineData(nameof(StepwiseOptions.MaxCost))]
    [InlineData(nameof(StepwiseOptions.TimeLimit))]
    [InlineData(nameof(StepwiseOptions.Instructions))]
    [InlineData(nameof(StepwiseOptions.Mode))]
    public async Task What_is_out_of_range_is_reported_at_start(string what)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => WorkAsync(Writer("?"), Writer("?"), options =>
        {
            _ = what switch
            {
                nameof(StepwiseOptions.MaxSteps) => options.MaxSteps = 0,
                nameof(StepwiseOptions.MaxConsecutiveExpertSteps) => options.MaxConsecutiveExpertSteps = 0,
                nameof(StepwiseOptions.MaxTokens) => options.MaxTokens = 0,
                nameof(StepwiseOptions.MaxCost) => options.MaxCost = 0,
                nameof(StepwiseOptions.TimeLimit) => options.TimeLimit = TimeSpan.Zero,
                nameof(StepwiseOptions.Instructions) => options.Instructions = " ",
                _ => (object)(options.Mode = (StepMode)9),
            };
        }));

        Assert.Contains(".StepByStep(…)", failure.Message, StringComparison.Ordinal);
    }
}
