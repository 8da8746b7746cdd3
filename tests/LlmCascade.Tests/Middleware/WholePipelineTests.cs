using System.Collections.Concurrent;
using System.Diagnostics;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Middleware;

public sealed class WholePipelineTests
{
    private readonly ConcurrentQueue<Activity?> _current = new();
    private readonly ScriptedChatClient _local;
    private readonly ScriptedChatClient _expert;
    private readonly ChatOptions _options = new ChatOptions { Tools = [AIFunctionFactory.Create(() => "sunny", "weather")] }
        .WithCascade(cascade => cascade.Scope("tenant"));

    public WholePipelineTests()
    {
        _local = Watching(call => call.Messages.Any(message => message.Role == ChatRole.Tool)
            ? new ScriptedReply("It is su") { FinishReason = ChatFinishReason.Length }.WithUsage(20, 2)
            : ScriptedReply.Calls("weather").WithUsage(10, 1));
        _expert = Watching(_ => new ScriptedReply("It is ", "sunny.").WithUsage(30, 3));
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task Functions_cache_telemetry_and_logging_work_around_one_cascade(Mode mode)
    {
        var source = $"{nameof(WholePipelineTests)}.{mode}";
        using var activities = new RecordingActivities(source);
        using var pipelines = new Pipelines(_local, _expert);
        var client = pipelines.With(outside => outside
            .UseFunctionInvocation().UseDistributedCache().UseOpenTelemetry(sourceName: source).UseLogging());

        var response = await client.AskAsync(mode, options: _options);

        Assert.Equal("It is sunny.", response.Messages[^1].Text);
        Assert.Equal(["local", "expert"], response.GetCascadeTraces().Select(trace => trace.AnsweredBy));
        Assert.Equal((60, 6), (response.Usage?.InputTokenCount, response.Usage?.OutputTokenCount));
        Assert.All(pipelines.Episodes, episode => Assert.Equal("tenant", episode.Scope));
        var chats = activities.Stopped.Where(activity => activity.OperationName.StartsWith("chat", StringComparison.Ordinal)).ToList();
        Assert.Equal([chats[0], chats[1], chats[1]], _current);
        Assert.Equal(2, pipelines.Log.Messages.Count(message => message.Contains("ResponseAsync invoked", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task A_second_request_comes_out_of_the_cache_with_all_its_traces(Mode mode)
    {
        using var pipelines = new Pipelines(_local, _expert);
        var client = pipelines.With(outside => outside
            .UseDistributedCache().UseFunctionInvocation().UseOpenTelemetry().UseLogging());

        var first = await client.AskAsync(mode, options: _options);
        var cached = await client.AskAsync(mode, options: _options);

        Assert.Equal(2, pipelines.Episodes.Count);
        Assert.Equal("It is sunny.", cached.Messages[^1].Text);
        Assert.Equal(
            first.GetCascadeTraces().Select(trace => trace.EpisodeId), cached.GetCascadeTraces().Select(trace => trace.EpisodeId));
        Assert.Equal(2, cached.GetCascadeTraces().Count);
        Assert.Equal(60, cached.Usage?.InputTokenCount);
    }

    [Fact]
    public async Task Chunks_leave_the_pipeline_as_the_expert_says_them()
    {
        using var pipelines = new Pipelines(_local, _expert);
        var client = pipelines.With(outside => outside.UseFunctionInvocation().UseOpenTelemetry().UseLogging());

        var texts = await client.GetStreamingResponseAsync("How is the weather?", _options)
            .Select(update => update.Text).Where(text => text.Length > 0).ToListAsync();

        Assert.Equal(["It is ", "sunny."], texts);
    }

    private ScriptedChatClient Watching(Func<ScriptedCall, ScriptedReply> script) => new(call =>
    {
        _current.Enqueue(Activity.Current);
        return script(call);
    });
}
