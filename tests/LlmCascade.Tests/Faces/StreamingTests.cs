using System.Diagnostics;
using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using LlmCascade.Tests.Escalation;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Faces;

public sealed class StreamingTests
{
    private static readonly ScriptedReply _lyon = new ScriptedReply("Ly", "on", "?").WithUsage(10, 1);
    private static readonly ScriptedReply _paris = new ScriptedReply("Pa", "ri", "s").WithUsage(20, 2);

    [Fact]
    public async Task Text_that_is_rejected_is_never_shown()
    {
        var updates = await Client(_lyon, DeferAll, _paris).GetStreamingResponseAsync("Capital?").ToListAsync();

        Assert.Equal(["Pa", "ri", "s"], updates.Select(update => update.Text).Where(text => text.Length > 0));
    }

    [Fact]
    public async Task Nothing_is_shown_before_a_tier_is_kept_and_then_it_comes_in_its_own_chunks()
    {
        var isKept = new TaskCompletionSource<Verdict>();
        var waiting = DeferralPolicy.Create((_, _, _, _) => new(isKept.Task));
        await using var updates = Client(_lyon, waiting, _paris).GetStreamingResponseAsync("Capital?").GetAsyncEnumerator();

        var first = updates.MoveNextAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        Assert.False(first.IsCompleted);
        isKept.SetResult(Verdict.Keep("good"));

        Assert.True(await first);
        Assert.Equal("Ly", updates.Current.Text);
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal("on", updates.Current.Text);
    }

    [Fact]
    public async Task The_expert_is_shown_while_it_answers()
    {
        var expert = new GatedClient("Pa", "ri", "s");
        var client = new CascadeChatClient(new Cascade([], new Expert(new ChatClientGenerator(expert))));
        await using var updates = client.GetStreamingResponseAsync("Capital?").GetAsyncEnumerator();

        foreach (var chunk in new[] { "Pa", "ri", "s" })
        {
            var next = updates.MoveNextAsync();
            Assert.False(next.IsCompleted);
            expert.Release();
            Assert.True(await next);
            Assert.Equal(chunk, updates.Current.Text);
        }

        Assert.False(expert.HasEnded);
        expert.Release();
        Assert.True(await updates.MoveNextAsync());
        Assert.NotNull(updates.Current.GetCascadeTrace());
    }

    [Fact]
    public async Task An_expert_that_blocks_its_thread_is_shown_while_it_answers()
    {
        using var gate = new SemaphoreSlim(0);
        var expert = new Expert(new BlockingGenerator(gate));
        await using var updates = new CascadeChatClient(new Cascade([], expert)).GetStreamingResponseAsync("Capital?").GetAsyncEnumerator();

        gate.Release();
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal("first", updates.Current.Text);
        gate.Release();
        Assert.True(await updates.MoveNextAsync());
        Assert.Equal("second", updates.Current.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_expert_nested_in_the_expert_is_live_and_one_nested_in_a_tier_is_not(bool inExpert)
    {
        var slow = new GatedClient("Pa", "ris");
        var inner = new Cascade([], new Expert(new ChatClientGenerator(slow)));
        var outer = inExpert
            ? new Cascade([], new Expert(inner, "inner"))
            : new Cascade([new Tier("inner", inner, KeepAll)], Expert("x"));
        await using var updates = new CascadeChatClient(outer).GetStreamingResponseAsync("Capital?").GetAsyncEnumerator();

        var first = updates.MoveNextAsync().AsTask();
        slow.Release();
        if (!inExpert)
        {
            slow.Release();
            await TimeLimitTests.WaitForAsync(() => slow.Said == 2);
            Assert.False(first.IsCompleted);
            slow.Release();
        }

        Assert.True(await first);
        Assert.Equal("Pa", updates.Current.Text);
        Assert.Equal(!inExpert, slow.HasEnded);
        slow.Release(2);
    }

    [Fact]
    public async Task Steps_whose_tier_is_kept_and_steps_whose_expert_answers_are_both_shown()
    {
        var byTier = new Cascade([Tier("small", new ScriptedReply("one ", "and "))], Expert("x"));
        var byExpert = new Cascade([], Expert(new ScriptedReply("two ", "steps")));
        var cascade = new Cascade([], new Expert(new Stepwise(byTier, byExpert)));

        var streamed = await new CascadeChatClient(cascade).GetStreamingResponseAsync("Think").ToChatResponseAsync();
        var buffered = await new CascadeChatClient(cascade).GetResponseAsync("Think");

        Assert.Equal("one and two steps", streamed.Text);
        Assert.Equal("one and two steps", buffered.Text);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_summed_usage_and_the_trace_close_the_stream(bool isKept)
    {
        var updates = await Client(_lyon, isKept ? KeepAll : DeferAll, _paris).GetStreamingResponseAsync("Capital?").ToListAsync();

        var usage = Assert.Single(updates.SelectMany(update => update.Contents).OfType<UsageContent>()).Details;
        Assert.Equal(isKept ? 10 : 30, usage.InputTokenCount);
        Assert.Equal(10, usage.AdditionalCounts!["small.input_tokens"]);
        Assert.Equal(isKept ? "small" : "expert", updates[^1].GetCascadeTrace()?.AnsweredBy);
        Assert.Contains(updates[^1].Contents, content => content is UsageContent);
        Assert.All(updates[..^1], update => Assert.Null(update.GetCascadeTrace()));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(null, false)]
    [InlineData("id-of-the-provider", true)]
    [InlineData("id-of-the-provider", false)]
    public async Task A_streamed_response_turned_into_one_keeps_its_trace_on_the_one_message(string? messageId, bool isKept)
    {
        var client = Client(_lyon with { MessageId = messageId }, isKept ? KeepAll : DeferAll, _paris with { MessageId = messageId });

        var response = await client.GetStreamingResponseAsync("Capital?").ToChatResponseAsync();

        var message = Assert.Single(response.Messages);
        Assert.Equal(isKept ? "Lyon?" : "Paris", message.Text);
        Assert.Contains("llmcascade.trace", message.AdditionalProperties!.Keys);
        Assert.Equal(isKept ? "small" : "expert", response.GetCascadeTrace()?.AnsweredBy);
        Assert.Equal(isKept ? 10 : 30, response.Usage?.InputTokenCount);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.True(messageId is null || message.MessageId == messageId);
    }

    [Fact]
    public async Task A_consumer_that_stops_early_cancels_the_work_and_the_episode_records_it()
    {
        var episodes = new EpisodeRecorder();
        var expert = new ScriptedChatClient(new ScriptedReply([.. Enumerable.Repeat("word ", 1000)]) { Delay = TimeSpan.FromMilliseconds(1) });
        var client = new CascadeChatClient(new Cascade(
            [], new Expert(new ChatClientGenerator(expert)), new CascadeSettings { OnEpisode = episodes.Record }));

        await foreach (var update in client.GetStreamingResponseAsync("Tell me a story"))
        {
            Assert.Equal("word ", update.Text);
            break;
        }

        Assert.Equal(0, expert.ActiveCalls);
        Assert.Null(episodes.Only.Answer);
        var attempt = Assert.Single(episodes.Only.Root.Children);
        Assert.Equal(EscalationReasons.Cancelled, attempt.Verdict.Reason);
        Assert.IsAssignableFrom<OperationCanceledException>(attempt.Failure);
    }

    [Fact]
    public async Task Usage_seen_before_the_cut_is_recorded_as_partial()
    {
        var episodes = new EpisodeRecorder();
        var usage = new UsageContent(new UsageDetails { InputTokenCount = 7 });
        var expert = new ScriptedChatClient(new ScriptedReply { Contents = [usage, new TextContent("Par")], Failure = new IOException("cut") });
        var client = new CascadeChatClient(new Cascade(
            [], new Expert(new ChatClientGenerator(expert)), new CascadeSettings { OnEpisode = episodes.Record }));

        await Assert.ThrowsAsync<CascadeException>(async () => await client.GetStreamingResponseAsync("Capital?").ToListAsync());

        var attempt = episodes.Only.Root.Children[0];
        Assert.Equal((7, UsageState.Partial), (attempt.Usage!.InputTokenCount!.Value, attempt.UsageState));
    }

    [Fact]
    public async Task A_failure_after_the_first_shown_update_throws_and_is_not_retried()
    {
        var expert = new ScriptedChatClient(new ScriptedReply("Pa") { Failure = new IOException("cut") });
        var client = new CascadeChatClient(new Cascade([], new Expert(new ChatClientGenerator(expert))));
        List<string> shown = [];

        await Assert.ThrowsAsync<CascadeException>(async () =>
        {
            await foreach (var update in client.GetStreamingResponseAsync("Capital?"))
            {
                shown.Add(update.Text);
            }
        });

        Assert.Equal(["Pa"], shown);
        Assert.Single(expert.Calls);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_current_activity_is_the_consumers_after_every_update_and_reaches_the_models(bool isKept)
    {
        using var activity = new Activity("consumer").Start();
        List<Activity?> atTheModel = [];
        var expert = new ScriptedChatClient(_ =>
        {
            atTheModel.Add(Activity.Current);
            Activity.Current = new Activity("leaked").Start();
            return _paris with { Delay = TimeSpan.FromMilliseconds(1) };
        });
        var client = new CascadeChatClient(new Cascade(
            [new Tier("small", new ChatClientGenerator(expert), isKept ? KeepAll : DeferAll)],
            new Expert(new ChatClientGenerator(expert))));

        await foreach (var update in client.GetStreamingResponseAsync("Capital?"))
        {
            Assert.Same(activity, Activity.Current);
        }

        Assert.Same(activity, Activity.Current);
        Assert.Same(activity, atTheModel[0]);
    }

    [Fact]
    public async Task Time_limits_stand_still_while_the_consumer_has_no_room()
    {
        var time = new FakeTimeProvider();
        var expert = new Expert(new ScriptedGenerator(new ScriptedReply([.. Enumerable.Repeat("word ", 500)])))
        {
            Timeout = TimeSpan.FromSeconds(10),
        };
        var client = new CascadeChatClient(new Cascade(
            [], expert, new CascadeSettings { TimeProvider = time, Timeout = TimeSpan.FromSeconds(20) }));
        var words = 0;

        await foreach (var update in client.GetStreamingResponseAsync("Tell me a story"))
        {
            if (words++ < 60)
            {
                // The model needs a moment to fill the gap; then it waits again, and the clock must not count.
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
                time.Advance(TimeSpan.FromSeconds(1));
            }
        }

        Assert.InRange(words, 500, 502);
    }

    [Fact]
    public async Task Conversation_ids_of_clients_that_do_not_own_them_are_not_shown()
    {
        var reply = _paris with { ConversationId = "elsewhere" };
        var kept = await Client(reply, KeepAll, "x").GetStreamingResponseAsync("Capital?").ToListAsync();
        var owner = new Tier("small", new ScriptedGenerator("Lyon?"), DeferAll) { OwnsConversations = true };
        var live = await new CascadeChatClient(new Cascade([owner], Expert(reply))).GetStreamingResponseAsync("Capital?").ToListAsync();

        Assert.All(kept.Concat(live), update => Assert.Null(update.ConversationId));
    }

    [Fact]
    public async Task Cancellation_ends_the_stream_and_the_work()
    {
        using var stop = new CancellationTokenSource();
        var expert = new ScriptedChatClient(new ScriptedReply("Pa", "ris") { NeverEnds = true });
        var client = new CascadeChatClient(new Cascade([], new Expert(new ChatClientGenerator(expert))));
        await using var updates = client.GetStreamingResponseAsync("Capital?", cancellationToken: stop.Token).GetAsyncEnumerator();

        var next = updates.MoveNextAsync().AsTask();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
        Assert.Equal(0, expert.ActiveCalls);
    }

    [Fact]
    public async Task An_expert_that_has_shown_nothing_but_its_usage_is_shown_when_it_is_done()
    {
        var client = new CascadeChatClient(new Cascade([], new Expert(new OnlyUsage())));

        var response = await client.GetStreamingResponseAsync("?").ToChatResponseAsync();

        Assert.Equal("Paris", response.Text);
    }

    [Fact]
    public async Task A_call_that_was_left_behind_cannot_write_to_the_caller_any_more()
    {
        using var late = new SemaphoreSlim(0);
        var ghost = new Expert(new Ghost(late)) { Timeout = TimeSpan.FromMilliseconds(20) };
        var settings = new CascadeSettings { GraceTime = TimeSpan.FromMilliseconds(40) };
        var inner = new Cascade([], ghost, settings);
        var outer = new Expert(new Fallback(inner, late));
        var client = new CascadeChatClient(new Cascade([], outer, settings));

        var response = await client.GetStreamingResponseAsync("?").ToChatResponseAsync();

        Assert.Equal("real", response.Text);
    }

    private sealed class OnlyUsage : IGenerator
    {
        public async ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            var usage = new UsageContent(new UsageDetails { InputTokenCount = 1 });
            await context.EmitAsync(new ChatResponseUpdate(ChatRole.Assistant, [usage]), cancellationToken);
            return new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, "Paris")));
        }
    }

    private sealed class Ghost(SemaphoreSlim late) : IGenerator
    {
        public async ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            using var child = context.Begin("child", AttemptRole.Step);
            await late.WaitAsync(CancellationToken.None);
            await child.EmitAsync(new ChatResponseUpdate(ChatRole.Assistant, "ghost "), CancellationToken.None);
            late.Release();
            throw new InvalidOperationException("too late");
        }
    }

    private sealed class Fallback(Cascade inner, SemaphoreSlim late) : IGenerator
    {
        public async ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            using (var step = context.Begin("step", AttemptRole.Step))
            {
                await Assert.ThrowsAsync<CascadeException>(async () => await inner.GenerateAsync(request, step, cancellationToken));
            }

            late.Release();
            await Task.Delay(TimeSpan.FromMilliseconds(30), TimeProvider.System, cancellationToken);
            await late.WaitAsync(cancellationToken);
            return new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, "real")));
        }
    }

    private sealed class BlockingGenerator(SemaphoreSlim gate) : IGenerator
    {
        public async ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            List<ChatResponseUpdate> updates = [];
            foreach (var text in new[] { "first", "second" })
            {
                gate.Wait(cancellationToken);
                updates.Add(new ChatResponseUpdate(ChatRole.Assistant, text));
                await context.EmitAsync(updates[^1], cancellationToken);
            }

            return new Generation(updates.ToChatResponse()) { Updates = updates };
        }
    }

    private sealed class Stepwise(params Cascade[] steps) : IGenerator
    {
        public async ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            List<ChatResponseUpdate> updates = [];
            foreach (var step in steps)
            {
                using var attempt = context.Begin("step", AttemptRole.Step);
                var answer = await step.GenerateAsync(request, attempt, cancellationToken);
                attempt.Answered(answer);
                updates.AddRange(answer.Updates!);
            }

            return new Generation(updates.ToChatResponse()) { Updates = updates };
        }
    }

    private static CascadeChatClient Client(ScriptedReply small, IDeferralPolicy policy, ScriptedReply expert) => new(new Cascade(
        [new Tier("small", new ChatClientGenerator(new ScriptedChatClient(small)), policy)],
        new Expert(new ChatClientGenerator(new ScriptedChatClient(expert)))));
}
