using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

public sealed class RestTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ScriptedGenerator _generator;
    private readonly Cascade _cascade;
    private ScriptedReply _reply = ScriptedReply.Throws(new IOException("down"));

    public RestTests()
    {
        _generator = new ScriptedGenerator(_ => _reply);
        _cascade = Resting(KeepAll);
    }

    [Fact]
    public async Task After_five_failures_in_a_row_a_tier_rests_for_thirty_seconds()
    {
        Assert.Equal(Enumerable.Repeat("failed", 5).Concat(["resting", "resting"]), await AskAsync(7));
        Assert.Equal(5, _generator.CallCount);

        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(["resting"], await AskAsync(1));
    }

    [Fact]
    public async Task After_the_rest_one_probe_decides_whether_the_tier_is_back()
    {
        await AskAsync(5);
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(["failed", "resting"], await AskAsync(2));

        _time.Advance(TimeSpan.FromSeconds(30));
        _reply = "Paris";
        Assert.Equal(["kept", "kept"], await AskAsync(2));
    }

    [Fact]
    public async Task Only_one_request_probes_at_a_time()
    {
        await AskAsync(5);
        _time.Advance(TimeSpan.FromSeconds(30));
        _reply = new ScriptedReply("Paris") { NeverEnds = true };
        using var stop = new CancellationTokenSource();

        var probe = _cascade.RunAsync(Question, cancellationToken: stop.Token).AsTask();
        Assert.Equal(["resting"], await AskAsync(1));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);

        _reply = "Paris";
        Assert.Equal(["kept"], await AskAsync(1));
    }

    [Fact]
    public async Task An_answer_in_between_starts_the_count_anew()
    {
        await AskAsync(4);
        _reply = "Paris";
        await AskAsync(1);
        _reply = ScriptedReply.Throws(new IOException("down"));

        Assert.Equal(Enumerable.Repeat("failed", 5).Append("resting"), await AskAsync(6));
    }

    [Fact]
    public async Task Empty_answers_are_failures_and_rejected_ones_are_not()
    {
        _reply = " ";
        Assert.Equal(Enumerable.Repeat("empty", 5).Append("resting"), await AskAsync(6));

        var rejecting = Resting(DeferAll);
        _reply = "Lyon";
        Assert.Equal(Enumerable.Repeat("deferred", 7), await AskAsync(7, rejecting));
    }

    [Fact]
    public async Task A_broken_policy_does_not_send_the_tier_to_rest()
    {
        _reply = "Lyon";
        var broken = Resting(DeferralPolicy.Create((_, _) => throw new FormatException()));

        Assert.Equal(Enumerable.Repeat("policy-failed", 7), await AskAsync(7, broken));
    }

    private Cascade Resting(IDeferralPolicy policy) =>
        new([new Tier("small", _generator, policy)], Expert("Paris"), new CascadeSettings { TimeProvider = _time });

    private async Task<List<string>> AskAsync(int times, Cascade? cascade = null)
    {
        List<string> reasons = [];
        for (var i = 0; i < times; i++)
        {
            var (_, episode) = await (cascade ?? _cascade).RunAsync(Question);
            reasons.Add(episode.Root.Children[0].Verdict.Reason);
        }

        return reasons;
    }
}
