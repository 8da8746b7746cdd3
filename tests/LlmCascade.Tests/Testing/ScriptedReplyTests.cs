using LlmCascade.Chat;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Testing;

public sealed class ScriptedReplyTests
{
    private static readonly TokenLogProbability _pa = new("Pa", -0.1);
    private static readonly TokenLogProbability _ris = new("ris", -0.2);
    private static readonly TokenLogProbability _end = new("!", -0.3);

    [Fact]
    public void Log_probabilities_make_a_token_of_each_chunk()
    {
        Assert.Equal([_pa, _ris], new ScriptedReply("Pa", "ris").WithLogProbabilities(-0.1, -0.2).Tokens!);
        Assert.Null(new ScriptedReply("Pa", "ris").Tokens);
        Assert.Throws<ArgumentException>("logProbabilities", () => new ScriptedReply("Pa", "ris").WithLogProbabilities(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ScriptedReply("Paris").WithLogProbabilities(0.9));
    }

    [Fact]
    public async Task A_client_keeps_the_tokens_in_its_raw_response_and_reads_them_when_asked()
    {
        var client = new ScriptedChatClient(new ScriptedReply("Pa", "ris").WithLogProbabilities(-0.1, -0.2), "Lyon");
        var read = client.GetService<TokenLogProbabilityReader>()!;

        var paris = await client.GetResponseAsync("Capital?");
        var lyon = await client.GetResponseAsync("Capital?");

        Assert.Equal([_pa, _ris], read(paris.RawRepresentation!)!);
        Assert.Null(lyon.RawRepresentation);
        Assert.Null(read("something else"));
        Assert.Null(client.GetService<TokenLogProbabilityReader>("key"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Streamed_each_chunk_brings_one_token_and_the_last_chunk_the_rest(int chunks)
    {
        TokenLogProbability[] tokens = [_pa, _ris, _end];
        var reply = new ScriptedReply([.. Enumerable.Repeat("x", chunks)]) { Tokens = tokens }.WithUsage(1, 1);
        var client = new ScriptedChatClient(reply);
        var read = client.GetService<TokenLogProbabilityReader>()!;

        var updates = await client.GetStreamingResponseAsync("Capital?").ToListAsync();

        var brought = updates.Select(update => update.RawRepresentation is { } raw ? read(raw)!.Count() : 0);
        Assert.Equal(chunks switch { 0 => [3, 0], 1 => [3, 0, 0], 2 => [1, 2, 0, 0], _ => [1, 1, 1, 0, 0] }, brought);
        Assert.Equal(tokens, updates.SelectMany(update => update.RawRepresentation is { } raw ? read(raw)! : []));
    }

    [Fact]
    public async Task More_chunks_than_tokens_leave_the_last_chunks_without()
    {
        var client = new ScriptedChatClient(new ScriptedReply("a", "b", "c") { Tokens = [_pa] });
        var read = client.GetService<TokenLogProbabilityReader>()!;

        var updates = await client.GetStreamingResponseAsync("Capital?").ToListAsync();

        Assert.Equal([1, 0, 0], updates.Take(3).Select(update => read(update.RawRepresentation!)!.Count()));
    }

    [Fact]
    public async Task A_generator_hands_on_the_tokens_of_what_it_has_said()
    {
        var reply = new ScriptedReply("Pa", "ris").WithLogProbabilities(-0.1, -0.2);

        Assert.Equal([_pa, _ris], (await new ScriptedGenerator(reply).RunAloneAsync(Question)).Generation.Tokens!);
        Assert.Equal([_pa, _ris], reply.ToGeneration().Tokens!);
        Assert.Null((await new ScriptedGenerator("Paris").RunAloneAsync(Question)).Generation.Tokens);
    }

    [Fact]
    public async Task A_generator_that_is_stopped_has_only_the_tokens_so_far()
    {
        var reply = new ScriptedReply("Pa", "ris") { ReachableConfidence = 0.1 }.WithLogProbabilities(-0.1, -0.2);
        var cascade = new LlmCascade.Escalation.Cascade(
            [Tier("small", reply, new LlmCascade.Deferral.ThresholdPolicy(0.5))], Expert("Paris"));

        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Equal([_pa], episode.Root.Children[0].Generation!.Tokens!);
    }

    [Fact]
    public async Task A_stream_breaks_after_the_chunks_that_the_reply_has()
    {
        var cut = new IOException("cut");
        var client = new ScriptedChatClient(new ScriptedReply("Pa", "r") { Failure = cut });
        List<string> seen = [];

        var thrown = await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("Capital?"))
            {
                seen.Add(update.Text);
            }
        });

        Assert.Same(cut, thrown);
        Assert.Equal(["Pa", "r"], seen);
        Assert.Same(cut, await Assert.ThrowsAsync<IOException>(() => client.GetResponseAsync("Capital?")));
        Assert.Equal(0, client.ActiveCalls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_failure_comes_as_late_as_an_answer_would(bool isClient)
    {
        var time = new FakeTimeProvider();
        var reply = ScriptedReply.Throws(new IOException("down")) with { Delay = TimeSpan.FromSeconds(1) };
        IGenerator generator = isClient
            ? new ChatClientGenerator(new ScriptedChatClient(_ => reply, time))
            : new ScriptedGenerator(_ => reply, time);

        var run = generator.RunAloneAsync(Question);

        Assert.False(run.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.IsType<IOException>((await run).Failure);
    }

    [Fact]
    public async Task Answers_may_be_huge()
    {
        var client = new ScriptedChatClient(new ScriptedReply([.. Enumerable.Repeat("0123456789", 100_000)]));

        Assert.Equal(1_000_000, (await client.GetResponseAsync("Say much")).Text.Length);
        Assert.Equal(1_000_000, (await client.GetStreamingResponseAsync("Say much").ToChatResponseAsync()).Text.Length);
    }

    [Fact]
    public async Task Answers_may_be_empty()
    {
        var client = new ScriptedChatClient(new ScriptedReply());

        Assert.Equal("", (await client.GetResponseAsync("Say nothing")).Text);
        Assert.Equal("", (await client.GetStreamingResponseAsync("Say nothing").ToChatResponseAsync()).Text);
    }
}
