using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class AgentSwitchingTests : StepTest
{
    private readonly List<string> _executed = [];
    private readonly EpisodeRecorder _recorder = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Each_tool_iteration_chooses_its_tier_and_no_tool_runs_twice(bool isStreaming)
    {
        var response = await AskAsync(
            Agent("a", "wrong", "c", "Done."), Agent("?", "b", "?"), tier => tier.CheckSteps(SuspectsWhatCallsWrong), isStreaming: isStreaming);

        Assert.Equal("Done.", response.Messages[^1].Text);
        Assert.Equal(["note(a)", "note(b)", "note(c)"], _executed);
        Assert.Equal(["local", "expert", "local", "local"], _recorder.Episodes.Select(episode => episode.Answerer!.Name));
    }

    [Fact]
    public async Task The_expert_is_told_what_the_tier_wanted_to_call_and_why_that_was_doubted()
    {
        var expert = Agent("?", "b", "?");

        await AskAsync(Agent("a", "wrong", "Done."), expert, tier => tier.CheckSteps(SuspectsWhatCallsWrong));

        var call = Assert.Single(expert.Calls);
        Assert.Contains("""note({"what":"wrong"})""", call.Options!.Instructions, StringComparison.Ordinal);
        Assert.Contains("it says so itself", call.Options.Instructions, StringComparison.Ordinal);
        Assert.Equal(ChatRole.Tool, call.Messages[^1].Role);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_a_switch_the_expert_stays_and_control_comes_back_later(bool isStreaming)
    {
        var local = Agent("wrong", "?", "?", "d", "Done.");

        await AskAsync(
            local,
            Agent("a", "b", "c"),
            tier => tier.CheckSteps(SuspectsWhatCallsWrong, check => check.MinimumStay = 3),
            isStreaming: isStreaming);

        Assert.Equal(["note(a)", "note(b)", "note(c)", "note(d)"], _executed);
        Assert.Equal(3, local.Calls.Count);
        Assert.Equal(
            ["local: suspect-step", "local: staying-with-expert", "local: staying-with-expert", "local: cleared-step", "local: cleared-step"],
            _recorder.Episodes.Select(episode => $"{episode.Root.Children[0].Name}: {episode.Root.Children[0].Verdict.Reason}"));
    }

    [Fact]
    public async Task The_stay_ends_with_the_turn()
    {
        var client = Client(Agent("wrong", "Done.", "Done again."), Agent("a", "?"), tier => tier.CheckSteps(SuspectsWhatCallsWrong, check => check.MinimumStay = 9), _ => { });
        List<ChatMessage> messages = [new(ChatRole.User, "Do it.")];
        messages.AddMessages(await client.GetResponseAsync(messages, Options(), Token));
        messages.Add(new(ChatRole.User, "And again."));

        await client.GetResponseAsync(messages, Options(), Token);

        Assert.Equal("local", _recorder.Episodes[^1].Answerer!.Name);
    }

    [Fact]
    public async Task A_tier_does_not_call_an_irreversible_tool_that_nobody_has_cleared()
    {
        await AskAsync(Agent("a", "!b", "Done."), Agent("?", "!b by the expert", "?"), tier => tier.KeepWhenValid(), cascade => cascade.IrreversibleTools("destroy"));

        Assert.Equal(["note(a)", "destroy(b by the expert)"], _executed);
        Assert.Equal("irreversible-tool", _recorder.Episodes[1].Root.Children[0].Verdict.Reason);
    }

    [Fact]
    public async Task A_cleared_call_of_an_irreversible_tool_is_made_and_a_suspect_one_is_not()
    {
        await AskAsync(
            Agent("!a", "!wrong", "Done."), Agent("?", "!b by the expert", "?"), tier => tier.CheckSteps(SuspectsWhatCallsWrong), cascade => cascade.IrreversibleTools("destroy"));

        Assert.Equal(["destroy(a)", "destroy(b by the expert)"], _executed);
    }

    [Fact]
    public async Task Steps_may_end_in_a_call_of_a_tool()
    {
        var response = await AskAsync(Agent("a", "wrong", "Answer: done"), Agent("?", "b", "?"), tier => tier.CheckSteps(SuspectsWhatCallsWrong), cascade => cascade.StepByStep());

        Assert.Equal("Answer: done", response.Messages[^1].Text);
        Assert.Equal(["note(a)", "note(b)"], _executed);
        Assert.Equal([TrajectoryEnd.CallsTools, TrajectoryEnd.CallsTools, TrajectoryEnd.Answered], _recorder.Episodes.Select(episode => episode.Answer!.Trajectory!.End));
        Assert.Equal("""Calls note({"what":"a"})""", _recorder.Episodes[0].Answer!.Trajectory!.Steps[0].Text);
    }

    [Fact]
    public async Task Calls_in_two_messages_are_all_made()
    {
        var two = new CallsTwice();
        var services = new ServiceCollection();
        services.AddChatClient(Agent("?"));
        services.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseGenerator(two).KeepWhenValid()).StepByStep()).UseFunctionInvocation();
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IChatClient>().GetResponseAsync("Do it.", Options(), Token);

        Assert.Equal(["note(a)", "note(b)"], _executed);
    }

    [Fact]
    public async Task The_record_of_a_later_iteration_tells_the_calls_before()
    {
        await AskAsync(Agent("a", "Answer: done"), Agent("?"), tier => tier.CheckSteps(SuspectsWhatCallsWrong), cascade => cascade.StepByStep());

        using var file = new MemoryStream();
        await TrajectoryFile.WriteAsync(file, [TrajectoryRecord.Of(_recorder.Episodes[1])!], cancellationToken: Token);

        var line = System.Text.Encoding.UTF8.GetString(file.ToArray());
        Assert.Contains("Calls note(", line, StringComparison.Ordinal);
        Assert.Contains("Result: noted", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stay_goes_on_from_one_iteration_of_steps_to_the_next()
    {
        var local = Agent("wrong", "?", "Answer: done");
        await AskAsync(
            local,
            Agent("a", "b", "?"),
            tier => tier.CheckSteps(SuspectsWhatCallsWrong, check => check.MinimumStay = 2),
            cascade => cascade.StepByStep(steps => steps.Boundary = StepBoundary.ToolIteration));

        Assert.Equal(["note(a)", "note(b)"], _executed);
        Assert.Equal(["expert", "expert", "local"], _recorder.Episodes.Select(episode => episode.Answer!.Trajectory!.Steps[^1].Author));
        Assert.All(local.Calls, call => Assert.Equal("Do it.", Assert.Single(call.Messages, message => message.Role == ChatRole.User).Text));
    }

    private static IStepIntrospector SuspectsWhatCallsWrong { get; } = new CalledIntrospector();

    // Says one word for each iteration: a final text with a full stop or an answer, a tool's argument otherwise.
    private static ScriptedChatClient Agent(params string[] words) => new(call =>
    {
        var iteration = call.Messages.Count(message => message.Role == ChatRole.Tool);
        var word = words[Math.Min(iteration, words.Length - 1)];
        return word.EndsWith('.') || word.StartsWith("Answer", StringComparison.Ordinal)
            ? new ScriptedReply(word).WithUsage(10, 1)
            : new ScriptedReply
            {
                Contents = [new FunctionCallContent($"call-{iteration}", word[0] == '!' ? "destroy" : "note", new Dictionary<string, object?> { ["what"] = word.TrimStart('!') })],
                FinishReason = ChatFinishReason.ToolCalls,
            }.WithUsage(10, 1);
    });

    private ChatOptions Options() => new()
    {
        Tools = [AIFunctionFactory.Create((string what) => Execute($"note({what})"), "note"), AIFunctionFactory.Create((string what) => Execute($"destroy({what})"), "destroy")],
    };

    private string Execute(string call)
    {
        _executed.Add(call);
        return "noted";
    }

    private IChatClient Client(IChatClient local, IChatClient expert, Action<TierBuilder> tier, Action<CascadeBuilder> cascade)
    {
        var services = new ServiceCollection();
        services.AddChatClient(expert);
        services.AddLlmCascade(builder => cascade(builder.AddTier("local", own => tier(own.UseChatClient(local))).OnEpisode(_recorder.Record))).UseFunctionInvocation();
        return services.BuildServiceProvider().GetRequiredService<IChatClient>();
    }

    private async Task<ChatResponse> AskAsync(
        IChatClient local, IChatClient expert, Action<TierBuilder> tier, Action<CascadeBuilder>? cascade = null, bool isStreaming = false)
    {
        using var client = Client(local, expert, tier, cascade ?? (_ => { }));
        return isStreaming
            ? await client.GetStreamingResponseAsync("Do it.", Options(), Token).ToChatResponseAsync(Token)
            : await client.GetResponseAsync("Do it.", Options(), Token);
    }

    private sealed class CalledIntrospector : IStepIntrospector
    {
        public string Id => "called-v1";

        public bool CanClear => true;

        public ValueTask<StepCheck> CheckAsync(GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken)
        {
            var calls = step.Response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>();
            return new(new StepCheck(Id)
            {
                ErrorProbability = calls.Any(call => call.Arguments!["what"]!.ToString() == "wrong") ? 0.9 : 0.1,
                Explanation = "it says so itself",
            });
        }
    }

    private sealed class CallsTwice : IGenerator
    {
        public ValueTask<Generation> GenerateAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) => new(new Generation(
            request.Messages.Any(message => message.Role == ChatRole.Tool)
                ? new ChatResponse(new ChatMessage(ChatRole.Assistant, "Answer: done"))
                : new ChatResponse([Call("1", "a"), Call("2", "b")]) { FinishReason = ChatFinishReason.ToolCalls }));

        private static ChatMessage Call(string id, string what) =>
            new(ChatRole.Assistant, [new FunctionCallContent(id, "note", new Dictionary<string, object?> { ["what"] = what })]);
    }
}
