using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Middleware;

public sealed class LoggingTests
{
    [Theory]
    [InlineData(Mode.Buffered, "GetResponseAsync")]
    [InlineData(Mode.Streaming, "GetStreamingResponseAsync")]
    public async Task A_request_is_logged_once_however_many_tiers_it_asks(Mode mode, string method)
    {
        using var pipelines = new Pipelines(
            new(new ScriptedReply("Sunny") { FinishReason = ChatFinishReason.Length }), new("Rainy"));

        var response = await pipelines.With(outside => outside.UseLogging()).AskAsync(mode);

        Assert.Equal("Rainy", response.Text);
        Assert.Equal("expert", response.GetCascadeTrace()?.AnsweredBy);
        Assert.Single(pipelines.Log.Messages, message => message.StartsWith($"{method} invoked", StringComparison.Ordinal));
        Assert.Single(pipelines.Log.Messages, message => message.StartsWith($"{method} completed", StringComparison.Ordinal));
    }
}
