using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

/// <summary>What a cascade tells about its health.</summary>
public sealed class CascadeHealthTests
{
    private static readonly ScriptedReply _never = new("Never") { NeverEnds = true };

    private readonly FakeTimeProvider _time = new();
    private ScriptedReply _small = "Lyon";
    private ScriptedReply _expert = "Paris";

    [Fact]
    public async Task A_rest_is_told_until_a_probe_succeeds()
    {
        var cascade = Create(new CascadeSettings { TimeProvider = _time, RestAfterFailures = 2 });
        var start = _time.GetUtcNow();
        _small = ScriptedReply.Throws(new IOException("down"));

        await cascade.RunAsync(Question);
        Assert.Equal((1, null), (Small(cascade).FailuresInARow, Small(cascade).RestsUntil));
        await cascade.RunAsync(Question);
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((2, start.AddSeconds(30)), (Small(cascade).FailuresInARow, Small(cascade).RestsUntil));

        _time.Advance(TimeSpan.FromSeconds(25));
        Assert.Equal(start.AddSeconds(30), Small(cascade).RestsUntil);
        await cascade.RunAsync(Question);
        Assert.Equal((3, start.AddSeconds(65)), (Small(cascade).FailuresInARow, Small(cascade).RestsUntil));
        Assert.Equal(new CallFailure(start.AddSeconds(35), "failed", typeof(IOException).FullName), Small(cascade).LastFailure);

        _small = "Lyon";
        _time.Advance(TimeSpan.FromSeconds(30));
        await cascade.RunAsync(Question);
        Assert.Equal((0, null), (Small(cascade).FailuresInARow, Small(cascade).RestsUntil));
        Assert.Equal(start.AddSeconds(35), Small(cascade).LastFailure?.At);
    }

    [Fact]
    public async Task An_owner_of_conversations_that_cannot_continue_one_has_failed()
    {
        var owner = new Tier("owner", new ScriptedGenerator(_ => _small), KeepAll) { OwnsConversations = true };
        var cascade = new Cascade([owner], Expert("Paris"), new CascadeSettings { TimeProvider = _time });
        var continued = new GenerationRequest(Question.Messages, new ChatOptions { ConversationId = "c-1" });
        _small = ScriptedReply.Throws(new IOException("down"));

        await Assert.ThrowsAsync<CascadeException>(async () => await cascade.RunAsync(continued));
        Assert.Equal(1, cascade.GetHealth().Tiers[0].FailuresInARow);

        _small = "Lyon";
        await cascade.RunAsync(continued);
        Assert.Equal(0, cascade.GetHealth().Tiers[0].FailuresInARow);
    }

    [Fact]
    public async Task An_expert_that_fails_times_out_or_returns_nothing_has_failed()
    {
        var cascade = new Cascade(
            [],
            new Expert(new ScriptedGenerator(_ => _expert, _time)) { Timeout = TimeSpan.FromSeconds(2) },
            new CascadeSettings { TimeProvider = _time });
        List<string?> reasons = [];
        foreach (var reply in new[] { ScriptedReply.Throws(new IOException("down")), " ", _never })
        {
            _expert = reply;
            var run = cascade.RunAsync(Question).AsTask();
            _time.Advance(TimeSpan.FromSeconds(2));
            await Assert.ThrowsAsync<CascadeException>(() => run);
            reasons.Add(cascade.GetHealth().Expert.LastFailure?.Reason);
        }

        Assert.Equal(["failed", "empty", "timed-out"], reasons);
        Assert.Equal((3, null), (cascade.GetHealth().Expert.FailuresInARow, cascade.GetHealth().Expert.RestsUntil));
        Assert.Equal(typeof(TimeoutException).FullName, cascade.GetHealth().Expert.LastFailure?.ExceptionType);
    }

    [Fact]
    public async Task Cancelled_requests_rejected_answers_and_time_that_others_used_up_say_nothing_about_the_expert()
    {
        var cascade = Create(new CascadeSettings { TimeProvider = _time, Timeout = TimeSpan.FromSeconds(10) });
        _small = _never;
        var late = cascade.RunAsync(Question).AsTask();
        _time.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<CascadeException>(() => late);

        _small = "Lyon";
        _expert = _never;
        using var stop = new CancellationTokenSource();
        var cancelled = cascade.RunAsync(Question, new CascadeRequestOptions { ForceExpert = true }, stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        var abstaining = new Cascade([], new Expert(new ScriptedGenerator("Paris")) { Policy = DeferAll });
        await abstaining.RunAsync(Question);

        Assert.Equal((1, 0), (Small(cascade).FailuresInARow, cascade.GetHealth().Expert.FailuresInARow));
        Assert.Equal(0, abstaining.GetHealth().Expert.FailuresInARow);
    }

    [Fact]
    public async Task An_expert_that_uses_up_the_total_time_itself_has_failed()
    {
        var cascade = Create(new CascadeSettings { TimeProvider = _time, Timeout = TimeSpan.FromSeconds(10) });
        _expert = _never;

        var run = cascade.RunAsync(Question, new CascadeRequestOptions { ForceExpert = true }).AsTask();
        _time.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<CascadeException>(() => run);

        Assert.Equal((1, "deadline"), (cascade.GetHealth().Expert.FailuresInARow, cascade.GetHealth().Expert.LastFailure?.Reason));
    }

    [Fact]
    public async Task Mode_abandoned_calls_and_skipped_shadows_are_told()
    {
        var deaf = new Tier("deaf", new ScriptedGenerator(_never with { IgnoresCancellation = true }), KeepAll) { Timeout = TimeSpan.FromMilliseconds(10) };
        var cascade = new Cascade([deaf], Expert("Paris"), new CascadeSettings { GraceTime = TimeSpan.FromMilliseconds(10), ShadowLimit = 1 });
        await cascade.RunAsync(Question);
        cascade.Mode = CascadeMode.Shadow;
        var waiting = new Cascade([Tier("small", _never)], Expert("Paris"), new CascadeSettings { ShadowLimit = 1, Mode = CascadeMode.Shadow });
        await waiting.RunAsync(Question);
        await waiting.RunAsync(Question);

        var (health, busy) = (cascade.GetHealth(), waiting.GetHealth());

        Assert.Equal((CascadeMode.Shadow, 1, 0), (health.Mode, health.AbandonedCalls, health.SkippedShadows));
        Assert.Equal((0, 1), (busy.AbandonedCalls, busy.SkippedShadows));
        Assert.Equal(["deaf", "expert"], health.Tiers.Append(health.Expert).Select(each => each.Name));
    }

    private static GeneratorHealth Small(Cascade cascade) => Assert.Single(cascade.GetHealth().Tiers);

    private Cascade Create(CascadeSettings settings) => new(
        [new Tier("small", new ScriptedGenerator(_ => _small, _time), KeepAll)],
        new Expert(new ScriptedGenerator(_ => _expert, _time)),
        settings);
}
