using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class StepwiseCascadeTests : StepTest
{
    [Fact]
    public async Task A_suspect_step_is_written_by_the_expert_and_control_returns()
    {
        var cloud = Writer("?", "two by the cloud");

        var worked = await WorkAsync(Writer("one", "two wrong", "Answer: 3"), cloud);

        Assert.Equal("one\ntwo by the cloud\nAnswer: 3", worked.Response.Text);
        Assert.Equal(["local", "expert", "local"], worked.Authors);
        Assert.Equal([false, true, false], worked.Trajectory.Steps.Select(step => step.IsByExpert));
        var rejected = Assert.Single(worked.Trajectory.Steps[1].Rejected);
        Assert.Equal(("two wrong", "local", 0.9), (rejected.Text, rejected.Author, rejected.Check!.ErrorProbability));
        Assert.Equal(TrajectoryEnd.Answered, worked.Trajectory.End);
        Assert.Equal(ChatFinishReason.Stop, worked.Response.FinishReason);
        Assert.Single(cloud.Calls);
    }

    [Fact]
    public async Task The_expert_sees_the_task_the_accepted_steps_the_suspect_one_and_why()
    {
        var cloud = Writer("?", "two");

        await WorkAsync(Writer("one", "two wrong", "Answer: 3"), cloud);

        var messages = cloud.Calls[0].Messages;
        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.User], messages.Select(message => message.Role));
        Assert.StartsWith("Do the task.", messages[0].Text, StringComparison.Ordinal);
        Assert.Equal("one", messages[1].Text);
        Assert.Contains("\n> two wrong\n", messages[2].Text, StringComparison.Ordinal);
        Assert.Contains("it says so itself", messages[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_that_was_paid_is_accounted_for_at_its_step()
    {
        var worked = await WorkAsync(Writer("one", "two wrong", "Answer: 3"), Writer("?", "two"));

        Assert.Equal([15, 30, 15], worked.Trajectory.Steps.Select(step => step.Spent!.Value.Usage.TotalTokenCount));
        Assert.Equal([15e-6m, 15e-6m + 450e-6m, 15e-6m], worked.Trajectory.Steps.Select(step => step.Spent!.Value.Cost));
        Assert.Equal(worked.Episode.Root.Total().Cost, worked.Trajectory.Steps.Sum(step => step.Spent!.Value.Cost));
        var usage = worked.Response.Usage!;
        Assert.Equal((60L, 30L, 10L), (usage.TotalTokenCount, usage.AdditionalCounts!["local.input_tokens"], usage.AdditionalCounts["expert.input_tokens"]));
    }

    [Theory]
    [InlineData(StepMode.Switching, "one\ntwo by the cloud\nAnswer: 3", 1)]
    [InlineData(StepMode.LocalOnly, "one\ntwo wrong\nAnswer: 3", 0)]
    [InlineData(StepMode.SelfReflection, "one\ntwo mended\nAnswer: 3", 0)]
    [InlineData(StepMode.CloudOnly, "first by the cloud\ntwo by the cloud\nAnswer: 3 by the cloud", 3)]
    public async Task Each_mode_lets_others_write(StepMode mode, string text, int cloudCalls)
    {
        var cloud = Writer("first by the cloud", "two by the cloud", "Answer: 3 by the cloud");

        var worked = await WorkAsync(Writer("one", "two wrong|two mended", "Answer: 3"), cloud, steps => steps.Mode = mode);

        Assert.Equal(text, worked.Response.Text);
        Assert.Equal(cloudCalls, cloud.Calls.Count);
        Assert.Equal(cloudCalls, worked.Trajectory.Steps.Count(step => step.IsByExpert));
        Assert.All(worked.Authors, author => Assert.Contains(author, (string[])["local", "expert"]));
    }

    [Fact]
    public async Task In_hint_mode_the_expert_gives_a_hint_and_the_local_model_writes_the_step()
    {
        var cloud = new ScriptedChatClient(new ScriptedReply("Mind the carry.").WithUsage(20, 4));
        var local = Writer("one", "two wrong|two mended", "Answer: 3");

        var worked = await WorkAsync(local, cloud, steps => steps.Mode = StepMode.Hint);

        Assert.Equal("one\ntwo mended\nAnswer: 3", worked.Response.Text);
        Assert.Equal(["local", "local", "local"], worked.Authors);
        Assert.Equal([null, "Mind the carry.", null], worked.Trajectory.Steps.Select(step => step.Hint));
        Assert.Equal(48, Assert.Single(cloud.Calls).Options!.MaxOutputTokens);
        Assert.Contains("A hint: Mind the carry.", local.Calls[2].Messages[^1].Text, StringComparison.Ordinal);
        Assert.Equal((3 * 15e-6m) + (15e-6m) + (24 * 30e-6m), worked.Episode.Root.Total().Cost);
        var counts = worked.Response.Usage!.AdditionalCounts!;
        Assert.Equal((40L, 20L), (counts["local.input_tokens"], counts["expert.input_tokens"]));
    }

    [Fact]
    public async Task Accepted_steps_are_shown_at_once_and_suspect_ones_never()
    {
        var worked = await WorkAsync(Writer("one", "two wrong", "Answer: 3"), Writer("?", "two"), isStreaming: true);

        Assert.Equal(["one", "\ntwo", "\nAnswer: 3"], worked.Shown);
        Assert.Equal("one\ntwo\nAnswer: 3", worked.Response.Text);
        Assert.Equal(ChatFinishReason.Stop, worked.Response.FinishReason);
    }

    [Fact]
    public async Task The_first_step_is_shown_before_the_second_one_is_asked_for()
    {
        var isShown = new TaskCompletionSource();
        var local = new ScriptedChatClient(call =>
        {
            Assert.True(StepsIn(call) == 0 || isShown.Task.Wait(TimeSpan.FromSeconds(20), Token));
            return StepsIn(call) == 0 ? "one" : "Answer: 2";
        });
        var cascade = StepwiseCascade.Create(new Cascade(
            [new Tier("local", new IntrospectedGenerator(new ChatClientGenerator(local), SuspectsWhatSaysWrong), new StepPolicy())], Cascades.Expert("?")));

        await foreach (var update in new CascadeChatClient(cascade).GetStreamingResponseAsync("Do the task.", cancellationToken: Token))
        {
            isShown.TrySetResult();
        }

        Assert.Equal(2, local.Calls.Count);
    }

    [Fact]
    public async Task An_answer_that_is_announced_on_a_line_of_its_own_is_not_lost()
    {
        var worked = await WorkAsync(Writer("2 + 3 = 5", "**Answer:**", "5"), Writer("?"));

        Assert.Equal("2 + 3 = 5\n**Answer:**\n5", worked.Response.Text);
        Assert.Equal(TrajectoryEnd.Answered, worked.Trajectory.End);
    }

    [Fact]
    public async Task Where_no_hint_comes_the_expert_writes_the_step()
    {
        var cloud = new ScriptedChatClient(call => call.Options!.MaxOutputTokens == 48 ? new ScriptedReply(" ") : "two by the cloud");

        var worked = await WorkAsync(Writer("one", "two wrong", "Answer: 3"), cloud, steps => steps.Mode = StepMode.Hint);

        Assert.Equal("one\ntwo by the cloud\nAnswer: 3", worked.Response.Text);
    }

    [Fact]
    public async Task Instructions_are_part_of_the_task_that_a_check_sees()
    {
        var worked = await WorkAsync(Writer("Answer: 1"), Writer("?"), options: new ChatOptions { Instructions = "Count in eggs." });

        Assert.Equal([ChatRole.System, ChatRole.User], worked.Trajectory.Task.Select(message => message.Role));
    }

    [Fact]
    public async Task What_a_tier_writes_in_the_experts_seat_is_counted_as_the_tiers()
    {
        var worked = await WorkAsync(Writer("one wrong|one", "Answer: 2"), Writer("?"), steps => steps.Mode = StepMode.SelfReflection);

        Assert.Equal(30, worked.Response.Usage!.AdditionalCounts!["local.input_tokens"]);
    }

    [Fact]
    public async Task A_request_for_json_is_answered_in_one_go()
    {
        var local = Writer("{}");

        var worked = await WorkAsync(local, Writer("?"), options: new ChatOptions { ResponseFormat = ChatResponseFormat.Json });

        Assert.Equal("{}", worked.Response.Text);
        Assert.Null(worked.Episode.Answer!.Trajectory);
        Assert.Single(Assert.Single(local.Calls).Messages);
    }

    [Fact]
    public async Task The_model_that_the_caller_asks_for_is_the_experts()
    {
        var (local, cloud) = (Writer("one", "two wrong", "Answer: 3"), Writer("?", "two"));

        await WorkAsync(local, cloud, options: new ChatOptions { ModelId = "big" });
        await WorkAsync(local, cloud, steps => steps.Mode = StepMode.SelfReflection, options: new ChatOptions { ModelId = "big" });

        Assert.All(local.Calls, call => Assert.Null(call.Options!.ModelId));
        Assert.Equal("big", Assert.Single(cloud.Calls).Options!.ModelId);
    }

    [Fact]
    public async Task The_expert_writes_every_step_of_a_request_that_asks_for_it()
    {
        var worked = await WorkAsync(Writer("one"), Writer("one", "Answer: 2"), options: new ChatOptions().WithCascade(request => request.ForceExpert()));

        Assert.Equal(["expert", "expert"], worked.Authors);
    }

    [Fact]
    public async Task A_stepwise_cascade_may_be_a_tier_of_another_one()
    {
        var steps = StepwiseCascade.Create(new Cascade(
            [new Tier("local", new IntrospectedGenerator(new ChatClientGenerator(Writer("one", "Answer: 2")), SuspectsWhatSaysWrong), new StepPolicy())],
            Cascades.Expert("?")));
        var outer = new Cascade([new Tier("thinking", steps, Cascades.KeepAll)], Cascades.Expert("never"));

        var result = await outer.RunAsync(Cascades.Question, cancellationToken: Token);

        Assert.Equal("one\nAnswer: 2", result.Generation.Response.Text);
        Assert.Equal(2, result.Generation.Trajectory!.Steps.Length);
    }

    [Fact]
    public async Task Where_the_expert_fails_the_request_fails_with_every_attempt()
    {
        var failure = await Assert.ThrowsAsync<CascadeException>(() => WorkAsync(Writer("one", "two wrong"), new ScriptedChatClient(ScriptedReply.Throws(new HttpRequestException("down")))));

        Assert.Contains("steps", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_local_model_that_fails_costs_no_more_than_its_step()
    {
        var local = new ScriptedChatClient(call => StepsIn(call) == 1 ? ScriptedReply.Throws(new HttpRequestException("down")) : StepsIn(call) == 0 ? "one" : "Answer: 3");

        var worked = await WorkAsync(local, Writer("?", "two"));

        Assert.Equal(["local", "expert", "local"], worked.Authors);
        Assert.Empty(worked.Trajectory.Steps[1].Rejected);
    }

    [Fact]
    public async Task A_spent_budget_of_the_expert_leaves_the_suspect_step_standing()
    {
        var worked = await WorkAsync(
            Writer("one wrong", "two wrong", "Answer: 3"), Writer("one", "two"), cascade: builder => builder.LimitExpertCalls(1, 100));

        Assert.Equal("one\ntwo wrong\nAnswer: 3", worked.Response.Text);
        Assert.Equal(["expert", "local", "local"], worked.Authors);
        Assert.Empty(worked.Trajectory.Steps[1].Rejected);
        Assert.Equal(0.9, worked.Trajectory.Steps[1].Check!.ErrorProbability);
    }

    [Fact]
    public async Task Many_tasks_at_once_do_not_disturb_each_other()
    {
        var world = new StepSimulation(seed: 7, tasks: 200);
        using var local = world.CreateLocalModel();
        using var cloud = world.CreateCloudModel();
        var costs = 0m;
        var gate = new Lock();
        var cascade = StepwiseCascade.Create(
            new Cascade(
                [new Tier("local", new IntrospectedGenerator(new ChatClientGenerator(local), world.CreateIntrospector()), new StepPolicy()) { Prices = StepSimulation.LocalPrices }],
                new Expert(new ChatClientGenerator(cloud)) { Prices = StepSimulation.CloudPrices },
                new CascadeSettings
                {
                    OnEpisode = episode =>
                    {
                        lock (gate)
                        {
                            costs += episode.Root.Total().Cost;
                        }
                    },
                }));
        var client = new CascadeChatClient(cascade);

        var answers = await Task.WhenAll(world.Tasks.Select(task => Task.Run(() => client.GetResponseAsync(task, cancellationToken: Token), Token)));

        Assert.InRange(answers.Where((answer, i) => world.IsRight(i, answer.Text)).Count(), 160, 195);
        Assert.Equal(local.Charged + cloud.Charged, costs);
    }
}
