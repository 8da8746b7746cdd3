using System.Collections.Concurrent;
using System.Diagnostics;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Middleware;

public sealed class OpenTelemetryTests
{
    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task One_activity_covers_the_request_and_is_current_in_every_tiers_call(Mode mode)
    {
        var source = $"{nameof(OpenTelemetryTests)}.{mode}";
        using var activities = new RecordingActivities(source);
        var current = new ConcurrentQueue<Activity?>();
        using var pipelines = new Pipelines(
            Watching(current, new ScriptedReply("Sunny") { FinishReason = ChatFinishReason.Length }.WithUsage(10, 1)),
            Watching(current, new ScriptedReply("Rainy").WithUsage(20, 2)));

        var response = await pipelines.With(outside => outside.UseOpenTelemetry(sourceName: source)).AskAsync(mode);

        var activity = Assert.Single(activities.Stopped);
        Assert.Equal([activity, activity], current);
        Assert.Equal(30, activity.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(3, activity.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.Equal("llmcascade", activity.GetTagItem("gen_ai.provider.name"));
        Assert.Equal("expert", response.GetCascadeTrace()?.AnsweredBy);
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task A_failure_marks_the_activity(Mode mode)
    {
        var source = $"{nameof(OpenTelemetryTests)}.{mode}.Failure";
        using var activities = new RecordingActivities(source);
        using var pipelines = new Pipelines(new(ScriptedReply.Throws(new IOException("down"))), new(ScriptedReply.Throws(new IOException("down"))));
        var client = pipelines.With(outside => outside.UseOpenTelemetry(sourceName: source));

        await Assert.ThrowsAsync<CascadeException>(() => client.AskAsync(mode));

        Assert.Equal(ActivityStatusCode.Error, Assert.Single(activities.Stopped).Status);
    }

    private static ScriptedChatClient Watching(ConcurrentQueue<Activity?> current, ScriptedReply reply) => new(_ =>
    {
        current.Enqueue(Activity.Current);
        return reply;
    });
}
