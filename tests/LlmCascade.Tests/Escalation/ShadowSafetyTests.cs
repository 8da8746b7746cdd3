using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

/// <summary>That tiers beside the expert can neither delay nor fail a request, are bounded, and end when they should.</summary>
public sealed class ShadowSafetyTests : IDisposable
{
    private static readonly ScriptedReply _never = new("Never") { NeverEnds = true };

    private readonly AddendumRecorder _addenda = new();
    private readonly ManualResetEventSlim _wait = new();
    private volatile bool _isBlocked;
    private volatile bool _isDelayed;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tier_that_never_ends_does_not_delay_the_answer(bool isStreaming)
    {
        var small = new ScriptedChatClient(_never);
        using var client = Client(small);

        var response = await AskAsync(client, isStreaming);

        Assert.Equal("Paris", response.Text);
        await TimeLimitTests.WaitForAsync(() => small.ActiveCalls == 1);
        Assert.Equal(0, _addenda.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tier_that_blocks_its_thread_does_not_delay_the_answer(bool isStreaming)
    {
        using var client = Client(Blocking());

        var response = await AskAsync(client, isStreaming);
        Assert.Equal("Paris", response.Text);
        _wait.Set();

        Assert.Equal("Lyon", (await _addenda.NextAsync()).Root.Generation!.Response.Text);
        Assert.False(_isDelayed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tier_that_blocks_its_thread_does_not_delay_a_failure(bool isCancelled)
    {
        using var stop = new CancellationTokenSource();
        var expert = isCancelled ? new ScriptedChatClient(_never) : new ScriptedChatClient(_ =>
        {
            // A request that fails before its tier is asked asks it no more.
            Assert.True(SpinWait.SpinUntil(() => _isBlocked, TimeSpan.FromSeconds(20)));
            return ScriptedReply.Throws(new IOException("down"));
        });
        using var client = Client(Blocking(), expert);

        var run = client.GetResponseAsync("Capital?", cancellationToken: stop.Token);
        await TimeLimitTests.WaitForAsync(() => _isBlocked);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => run);
        Assert.Equal(0, _addenda.Count);
        _wait.Set();

        Assert.Null((await _addenda.NextAsync()).Episode.Answer);
        Assert.False(_isDelayed);
    }

    [Fact]
    public async Task Tiers_and_policies_that_throw_fail_nobody_and_are_told_about()
    {
        var cascade = Shadowing(
            [
                Tier("throws", ScriptedReply.Throws(new IOException("down"))),
                Tier("misjudges", "Lyon", DeferralPolicy.Create((_, _) => throw new FormatException())),
            ],
            Expert("Paris"));

        var (answer, _) = await cascade.RunAsync(Question);
        var (_, root) = await _addenda.NextAsync();

        Assert.Equal("Paris", answer.Response.Text);
        Assert.Equal(["failed", "policy-failed"], root.Children.Select(tier => tier.Verdict.Reason));
        Assert.IsType<IOException>(root.Children[0].Failure);
    }

    [Fact]
    public async Task Failures_beside_the_expert_send_a_tier_to_rest_as_others_do()
    {
        var cascade = Shadowing([Tier("small", ScriptedReply.Throws(new IOException("down")))], Expert("Paris"));
        List<string> reasons = [];
        for (var i = 0; i < 6; i++)
        {
            await cascade.RunAsync(Question);
            reasons.Add((await _addenda.NextAsync()).Root.Children[0].Verdict.Reason);
        }

        cascade.Mode = CascadeMode.Normal;
        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Equal(Enumerable.Repeat("failed", 5).Append("resting"), reasons);
        Assert.Equal(["small: resting", "expert: expert"], episode.Reasons());
    }

    [Fact]
    public async Task Above_the_limit_requests_go_without_and_are_counted()
    {
        var gate = new TaskCompletionSource<Verdict>();
        var small = new ScriptedGenerator("Lyon");
        var waiting = DeferralPolicy.Create((_, _, _, _) => new(gate.Task));
        var cascade = Shadowing([new Tier("small", small, waiting)], Expert("Paris"), limit: 2);

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("Paris", (await cascade.RunAsync(Question)).Generation.Response.Text);
        }

        Assert.Equal(3, cascade.SkippedShadows);
        gate.SetResult(Verdict.Keep("good"));
        await _addenda.NextAsync();
        await _addenda.NextAsync();
        await cascade.RunAsync(Question);
        await _addenda.NextAsync();
        Assert.Equal((3, 3), (small.CallCount, cascade.SkippedShadows));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CascadeSettings { ShadowLimit = 0 });
    }

    [Fact]
    public async Task Under_load_no_more_tiers_run_than_may()
    {
        var (running, highest) = (0, 0);
        var counting = DeferralPolicy.Create(async (_, _, _, _) =>
        {
            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref highest, now);
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return Verdict.Keep("counted");
        });
        var small = new ScriptedGenerator("Lyon");
        var cascade = Shadowing([new Tier("small", small, counting)], Expert("Paris"), limit: 3);

        await Parallel.ForAsync(0, 2000, async (_, token) => await cascade.RunAsync(Question, cancellationToken: token));

        await TimeLimitTests.WaitForAsync(() => _addenda.Count == 2000 - cascade.SkippedShadows);
        Assert.InRange(highest, 1, 3);
        Assert.Equal(_addenda.Count, small.CallCount);

        static void InterlockedMax(ref int target, int value)
        {
            for (var seen = target; seen < value; seen = target)
            {
                Interlocked.CompareExchange(ref target, value, seen);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_caller_that_cancels_cancels_the_tiers_and_what_they_have_cost_is_told(bool isStreaming)
    {
        var small = new ScriptedChatClient(_never);
        using var stop = new CancellationTokenSource();
        using var client = Client(small, new ScriptedChatClient(_never));

        var run = AskAsync(client, isStreaming, stop.Token);
        await TimeLimitTests.WaitForAsync(() => small.ActiveCalls == 1);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        var (episode, root) = await _addenda.NextAsync();

        Assert.Null(episode.Answer);
        Assert.Equal(EscalationReasons.Cancelled, root.Verdict.Reason);
        var tier = Assert.Single(root.Children);
        Assert.Equal((EscalationReasons.Cancelled, UsageState.Unknown), (tier.Verdict.Reason, tier.UsageState));
        Assert.Equal(0, small.ActiveCalls);
        Assert.Equal(0, client.Cascade.GetHealth().Tiers[0].FailuresInARow);
    }

    [Fact]
    public async Task A_request_that_is_cancelled_before_it_begins_has_no_shadow()
    {
        var small = new ScriptedGenerator("Lyon");
        var cascade = Shadowing([new Tier("small", small, KeepAll)], Expert("Paris"));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            await cascade.RunAsync(Question, cancellationToken: new CancellationToken(canceled: true)));
        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Same(episode, (await _addenda.NextAsync()).Episode);
        Assert.Equal((1, 0), (small.CallCount, _addenda.Count));
    }

    [Fact]
    public async Task A_consumer_that_stops_reading_cancels_the_tiers()
    {
        var small = new ScriptedChatClient(_never);
        using var client = Client(small, new ScriptedChatClient(new ScriptedReply("Pa", "ris") { Failure = new IOException("down"), Delay = TimeSpan.FromMilliseconds(1) }));

        await foreach (var _ in client.GetStreamingResponseAsync("Capital?"))
        {
            await TimeLimitTests.WaitForAsync(() => small.ActiveCalls == 1);
            break;
        }

        Assert.Equal(EscalationReasons.Cancelled, (await _addenda.NextAsync()).Root.Verdict.Reason);
    }

    [Fact]
    public async Task A_request_that_fails_cancels_the_tiers()
    {
        var small = new ScriptedGenerator(_never);
        var failing = new TaskCompletionSource<Generation>();
        var cascade = Shadowing([new Tier("small", small, KeepAll)], new Expert(new Awaiting(failing.Task)));

        var run = cascade.RunAsync(Question).AsTask();
        await TimeLimitTests.WaitForAsync(() => small.CallCount == 1);
        failing.SetException(new IOException("down"));
        await Assert.ThrowsAsync<CascadeException>(() => run);

        Assert.Equal(EscalationReasons.Cancelled, (await _addenda.NextAsync()).Root.Children[0].Verdict.Reason);
    }

    [Fact]
    public async Task Once_the_answer_is_complete_the_callers_token_reaches_the_tiers_no_more()
    {
        var gate = new TaskCompletionSource<Verdict>();
        var waiting = DeferralPolicy.Create(async (_, _, _, token) => await gate.Task.WaitAsync(token));
        using var stop = new CancellationTokenSource();

        await Shadowing([Tier("small", "Lyon", waiting)], Expert("Paris")).RunAsync(Question, cancellationToken: stop.Token);
        await stop.CancelAsync();
        gate.SetResult(Verdict.Keep("good"));

        Assert.Equal("good", (await _addenda.NextAsync()).Root.Verdict.Reason);
    }

    [Fact]
    public async Task Disposing_the_client_cancels_the_tiers_and_starts_no_more()
    {
        var small = new ScriptedChatClient(_never);
        var client = Client(small);
        await client.GetResponseAsync("Capital?");
        await TimeLimitTests.WaitForAsync(() => small.ActiveCalls == 1);

        client.Dispose();
        client.Dispose();
        var (episode, root) = await _addenda.NextAsync();
        var response = await client.GetResponseAsync("Capital?");
        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);

        Assert.Equal("Paris", episode.Answer!.Response.Text);
        Assert.Equal(EscalationReasons.Cancelled, root.Verdict.Reason);
        Assert.Equal("Paris", response.Text);
        Assert.Equal((0, 1, 0), (small.ActiveCalls, small.Calls.Count, _addenda.Count));
        Assert.Equal(0, client.Cascade.SkippedShadows);
    }

    [Fact]
    public async Task Disposing_leaves_no_timer_behind_also_where_a_tier_ignores_its_cancellation()
    {
        var time = new TimerCounter();
        var deaf = new ScriptedChatClient(_never with { IgnoresCancellation = true });
        var settings = new CascadeSettings
        {
            Mode = CascadeMode.Shadow,
            TimeProvider = time,
            Timeout = TimeSpan.FromDays(2),
            GraceTime = TimeSpan.FromSeconds(1),
            OnAddendum = _addenda.Add,
        };
        var client = new CascadeChatClient(new Cascade(
            [new Tier("small", new ChatClientGenerator(deaf), KeepAll) { Timeout = TimeSpan.FromDays(1) }], Expert("Paris"), settings));
        await client.GetResponseAsync("Capital?");
        await TimeLimitTests.WaitForAsync(() => deaf.ActiveCalls == 1);
        Assert.True(time.Active > 0);

        client.Dispose();
        await TimeLimitTests.WaitForAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return _addenda.Count == 1;
        });

        Assert.Equal(0, time.Active);
        Assert.Equal(1, client.Cascade.AbandonedCalls);
        Assert.True((await _addenda.NextAsync()).Root.Children[0].IsAbandoned);
    }

    [Fact]
    public async Task What_a_clients_cancellation_callback_throws_reaches_nobody()
    {
        var isAsked = new TaskCompletionSource();
        var cascade = Shadowing([new Tier("small", new BadCallback(isAsked), KeepAll)], Expert("Paris"));
        var client = new CascadeChatClient(cascade);
        await client.GetResponseAsync("Capital?");
        await isAsked.Task;

        client.Dispose();

        Assert.Equal(EscalationReasons.Cancelled, (await _addenda.NextAsync()).Root.Verdict.Reason);
    }

    public void Dispose()
    {
        _wait.Set();
        _wait.Dispose();
    }

    private static Task<ChatResponse> AskAsync(IChatClient client, bool isStreaming, CancellationToken token = default) => isStreaming
        ? client.GetStreamingResponseAsync("Capital?", cancellationToken: token).ToChatResponseAsync(CancellationToken.None)
        : client.GetResponseAsync("Capital?", cancellationToken: token);

    private CascadeChatClient Client(ScriptedChatClient small, ScriptedChatClient? expert = null) => new(Shadowing(
        [new Tier("small", new ChatClientGenerator(small), KeepAll)],
        new Expert(new ChatClientGenerator(expert ?? new ScriptedChatClient("Paris")))));

    private Cascade Shadowing(IEnumerable<Tier> tiers, Expert expert, int limit = 16) => new(
        tiers, expert, new CascadeSettings { Mode = CascadeMode.Shadow, ShadowLimit = limit, OnAddendum = _addenda.Add });

    private ScriptedChatClient Blocking() => new(_ =>
    {
        _isBlocked = true;
        _isDelayed |= !_wait.Wait(TimeSpan.FromSeconds(20));
        return "Lyon";
    });

    private sealed class Awaiting(Task<Generation> answer) : IGenerator
    {
        public async ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) => await answer;
    }

    private sealed class BadCallback(TaskCompletionSource isAsked) : IGenerator
    {
        public async ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            using var registration = cancellationToken.Register(() => throw new InvalidOperationException("bad callback"));
            isAsked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            throw new InvalidOperationException("never");
        }
    }

    /// <summary>A fake clock that counts the timers that nobody has disposed yet.</summary>
    private sealed class TimerCounter : FakeTimeProvider
    {
        private int _active;

        public int Active => Volatile.Read(ref _active);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref _active);
            return new Counted(this, base.CreateTimer(callback, state, dueTime, period));
        }

        private sealed class Counted(TimerCounter owner, ITimer timer) : ITimer
        {
            private int _isDisposed;

            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(dueTime, period);

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
                {
                    Interlocked.Decrement(ref owner._active);
                }

                timer.Dispose();
            }

            public ValueTask DisposeAsync()
            {
                Dispose();
                return ValueTask.CompletedTask;
            }
        }
    }
}
