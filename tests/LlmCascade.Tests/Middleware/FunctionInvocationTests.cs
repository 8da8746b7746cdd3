using LlmCascade.Deferral;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Middleware;

public sealed class FunctionInvocationTests
{
    private static readonly ScriptedReply _toolCall = ScriptedReply.Calls("weather").WithUsage(10, 1);
    private static readonly ScriptedReply _cutShort = new ScriptedReply("It is su") { FinishReason = ChatFinishReason.Length }.WithUsage(20, 2);

    private readonly ScriptedChatClient _local = Scripted(_toolCall, _cutShort);
    private readonly ScriptedChatClient _expert = Scripted(new ScriptedReply("It is ", "sunny.").WithUsage(30, 3));
    private readonly ChatOptions _options;
    private int _invocations;

    public FunctionInvocationTests() => _options = new ChatOptions
    {
        Tools = [AIFunctionFactory.Create(() => $"sunny {++_invocations}", "weather")],
    };

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task Each_tool_iteration_chooses_its_tier_anew(Mode mode)
    {
        using var pipelines = new Pipelines(_local, _expert);

        var response = await pipelines.With(outside => outside.UseFunctionInvocation()).AskAsync(mode, options: _options);

        Assert.Equal("It is sunny.", response.Messages[^1].Text);
        Assert.Equal(1, _invocations);
        Assert.Equal((2, 1), (_local.Calls.Count, _expert.Calls.Count));
        Assert.Equal(
            ["local: valid", "local: truncated", "expert: expert"],
            pipelines.Episodes.SelectMany(episode => episode.Reasons()));
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task The_traces_of_all_iterations_are_there(Mode mode)
    {
        using var pipelines = new Pipelines(_local, _expert);

        var response = await pipelines.With(outside => outside.UseFunctionInvocation()).AskAsync(mode, options: _options);

        var traces = response.GetCascadeTraces();
        Assert.Equal(["local", "expert"], traces.Select(trace => trace.AnsweredBy));
        Assert.Equal(pipelines.Episodes.Select(episode => episode.Id), traces.Select(trace => trace.EpisodeId));
        Assert.Equal(DeferralReasons.Truncated, traces[1].Attempts[0].Reason);
        Assert.Equal(traces[1].EpisodeId, response.GetCascadeTrace()?.EpisodeId);
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task Usage_sums_over_all_iterations_and_attempts(Mode mode)
    {
        using var pipelines = new Pipelines(_local, _expert);

        var response = await pipelines.With(outside => outside.UseFunctionInvocation()).AskAsync(mode, options: _options);

        Assert.Equal((60, 6), (response.Usage?.InputTokenCount, response.Usage?.OutputTokenCount));
        var counts = response.Usage?.AdditionalCounts;
        Assert.Equal((30, 3), (counts?["local.input_tokens"], counts?["local.output_tokens"]));
        Assert.Equal((30, 3), (counts?["expert.input_tokens"], counts?["expert.output_tokens"]));
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task The_second_iteration_sees_the_tools_result_and_nothing_of_the_cascade(Mode mode)
    {
        using var pipelines = new Pipelines(_local, _expert);

        await pipelines.With(outside => outside.UseFunctionInvocation()).AskAsync(mode, options: _options);

        Assert.All([_local.Calls[1], _expert.Calls[0]], second =>
        {
            Assert.Equal("sunny 1", second.Messages.SelectMany(message => message.Contents).OfType<FunctionResultContent>().Single().Result?.ToString());
            Assert.All(second.Messages, message => Assert.Null(message.AdditionalProperties));
        });
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task A_rejected_call_does_not_run_its_tool(Mode mode)
    {
        using var pipelines = new Pipelines(Scripted(_toolCall with { FinishReason = ChatFinishReason.Length }), _expert);

        var response = await pipelines.With(outside => outside.UseFunctionInvocation()).AskAsync(mode, options: _options);

        Assert.Equal("It is sunny.", response.Text);
        Assert.Equal(0, _invocations);
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task A_call_that_is_scripted_once_runs_its_tool_for_each_request(Mode mode)
    {
        using var pipelines = new Pipelines(Scripted(_toolCall, "sunny", _toolCall, "sunny"), _expert);
        var client = pipelines.With(outside => outside.UseFunctionInvocation());

        await client.AskAsync(mode, options: _options);
        await client.AskAsync(mode, options: _options);

        Assert.Equal(2, _invocations);
        Assert.Equal(4, pipelines.Episodes.Count);
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task Without_it_function_calls_pass_through_unchanged(Mode mode)
    {
        var arguments = new Dictionary<string, object?> { ["city"] = "Paris" };
        using var pipelines = new Pipelines(Scripted(ScriptedReply.Calls("weather", arguments)), _expert);

        var response = await pipelines.With(outside => outside).AskAsync(mode, options: _options);

        var passed = Assert.IsType<FunctionCallContent>(Assert.Single(Assert.Single(response.Messages).Contents));
        Assert.Equal(("call-weather", "weather"), (passed.CallId, passed.Name));
        Assert.Same(arguments, passed.Arguments);
        Assert.False(passed.InformationalOnly);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        Assert.Equal("local", response.GetCascadeTrace()?.AnsweredBy);
        Assert.Same(_options.Tools![0], Assert.Single(pipelines.Episodes).Request.Options?.Tools?[0]);
        Assert.Equal(0, _invocations);
    }

    private static ScriptedChatClient Scripted(params IReadOnlyList<ScriptedReply> replies) => new(replies);
}
