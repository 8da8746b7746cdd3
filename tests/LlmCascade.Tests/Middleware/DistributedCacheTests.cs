using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Middleware;

public sealed class DistributedCacheTests
{
    private readonly ScriptedChatClient _local = Scripted(new ScriptedReply("Sun", "ny") { FinishReason = ChatFinishReason.Length }.WithUsage(10, 1));
    private readonly ScriptedChatClient _expert = Scripted(new ScriptedReply("Rai", "ny").WithUsage(20, 2));

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task A_cached_answer_keeps_its_trace_and_its_usage(Mode mode)
    {
        using var pipelines = new Pipelines(_local, _expert);
        var client = pipelines.With(outside => outside.UseDistributedCache());

        var first = await client.AskAsync(mode);
        var cached = await client.AskAsync(mode);

        Assert.Single(pipelines.Episodes);
        Assert.Equal((1, 1), (_local.Calls.Count, _expert.Calls.Count));
        Assert.Equal("Rainy", cached.Text);
        var (original, restored) = (first.GetCascadeTrace()!, cached.GetCascadeTrace()!);
        Assert.Equal(original.EpisodeId, restored.EpisodeId);
        Assert.Equal("expert", restored.AnsweredBy);
        Assert.Equal(original.Cost, restored.Cost);
        Assert.Equal(0.000231m, restored.Cost);
        Assert.Equal(original.Attempts, restored.Attempts);
        Assert.Single(cached.GetCascadeTraces());
        Assert.Equal((30, 3), (cached.Usage?.InputTokenCount, cached.Usage?.OutputTokenCount));
        Assert.Equal(20, cached.Usage?.AdditionalCounts?["expert.input_tokens"]);
    }

    [Fact]
    public async Task One_update_of_a_cached_stream_carries_the_trace()
    {
        using var pipelines = new Pipelines(_local, _expert);
        var client = pipelines.With(outside => outside.UseDistributedCache());

        await client.AskAsync(Mode.Streaming);
        var cached = await client.GetStreamingResponseAsync("How is the weather?").ToListAsync();

        Assert.Single(pipelines.Episodes);
        Assert.Equal(
            pipelines.Episodes.Single().Id,
            cached.Select(update => update.GetCascadeTrace()).Single(trace => trace is not null)!.EpisodeId);
    }

    [Fact]
    public async Task Every_chunk_of_a_stream_can_be_cached_as_it_came()
    {
        using var pipelines = new Pipelines(_local, _expert);
        var client = pipelines.With(outside => outside.UseDistributedCache(configure: cache => cache.CoalesceStreamingUpdates = false));

        var first = await client.GetStreamingResponseAsync("How is the weather?").ToListAsync();
        var cached = await client.GetStreamingResponseAsync("How is the weather?").ToListAsync();

        Assert.Single(pipelines.Episodes);
        Assert.Equal(first.Select(update => update.Text), cached.Select(update => update.Text));
        Assert.Equal(first[^1].GetCascadeTrace()!.EpisodeId, cached[^1].GetCascadeTrace()?.EpisodeId);
        Assert.Equal(cached[^1].GetCascadeTrace()!.EpisodeId, cached.ToChatResponse().GetCascadeTrace()?.EpisodeId);
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task What_a_request_asks_of_the_cascade_is_part_of_the_key(Mode mode)
    {
        using var pipelines = new Pipelines(_local, _expert);
        var client = pipelines.With(outside => outside.UseDistributedCache());
        Task<ChatResponse> AskAsAsync(string tenant) =>
            client.AskAsync(mode, options: new ChatOptions().WithCascade(cascade => cascade.Scope(tenant)));

        await client.AskAsync(mode);
        var a = await AskAsAsync("a");
        var b = await AskAsAsync("b");
        var again = await AskAsAsync("a");

        Assert.Equal([null, "a", "b"], pipelines.Episodes.Select(episode => episode.Scope));
        Assert.Equal(a.GetCascadeTrace()?.EpisodeId, again.GetCascadeTrace()?.EpisodeId);
        Assert.NotEqual(a.GetCascadeTrace()?.EpisodeId, b.GetCascadeTrace()?.EpisodeId);
    }

    private static ScriptedChatClient Scripted(ScriptedReply reply) => new(reply);
}
