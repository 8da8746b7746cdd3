using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Testing;

/// <summary>Asking one policy without a cascade around it.</summary>
public sealed class JudgeTests
{
    [Fact]
    public async Task The_verdict_on_an_answer_is_the_policys_own()
    {
        var sure = new ScriptedReply("Lyon") { Confidence = Confidence.Measured(0.9) };

        Assert.Equal(Verdict.Keep("confident", sure.Confidence), await new ThresholdPolicy(0.8).JudgeAsync(Question, sure));
        Assert.Equal(Verdict.NoOpinion, await ValidityPolicy.Instance.JudgeAsync(Question, "Lyon"));
    }

    [Fact]
    public async Task A_deferral_before_the_call_comes_first_and_the_answer_is_not_looked_at()
    {
        var door = new Door(Verdict.Defer("closed"));

        Assert.Equal(Verdict.Defer("closed"), await door.JudgeAsync(Question, "Lyon"));
        Assert.False(door.HasSeenAnswer);
        Assert.Equal(Verdict.Keep("seen"), await new Door(Verdict.Keep("open")).JudgeAsync(Question, "Lyon"));
    }

    [Fact]
    public async Task The_policy_sees_the_request_and_the_answer_themselves_whatever_a_cascade_would_make_of_them()
    {
        var request = new GenerationRequest(Question.Messages, new ChatOptions { ConversationId = "7" });
        var answer = new Generation(new ChatResponse()) { IsAuthoritative = true };
        (object, object, string?)? seen = null;
        var policy = DeferralPolicy.Create((asked, generation, context, _) =>
        {
            seen = (asked, generation, context.Scope);
            return new(Verdict.NoOpinion);
        });

        await policy.JudgeAsync(request, answer, new() { Mode = CascadeMode.ExpertOnly }, new CascadeRequestOptions { Scope = "tenant", ForceExpert = true });

        Assert.Equal((request, answer, "tenant"), seen);
    }

    [Fact]
    public async Task Draws_come_from_the_seed_and_the_key()
    {
        var policy = new ExplorationPolicy(KeepAll, 0.5);
        var answer = new ScriptedReply("Lyon").ToGeneration();

        var draws = await Task.WhenAll(Enumerable.Range(0, 64).Select(
            i => policy.JudgeAsync(Question, answer, new CascadeSettings { Seed = (ulong)i })));
        var again = await Task.WhenAll(Enumerable.Range(0, 64).Select(
            i => policy.JudgeAsync(Question, answer, new CascadeSettings { Seed = (ulong)i })));

        Assert.Equal(draws, again);
        Assert.Equal(2, draws.Distinct().Count());
    }

    [Fact]
    public async Task What_the_policy_throws_is_thrown()
    {
        var stuck = new InvalidOperationException("stuck");
        var policy = DeferralPolicy.Create((_, _) => throw stuck);

        Assert.Same(stuck, await Assert.ThrowsAsync<InvalidOperationException>(() => policy.JudgeAsync(Question, "Lyon")));
    }

    [Fact]
    public async Task A_decision_can_be_cancelled()
    {
        using var stop = new CancellationTokenSource();
        var endless = DeferralPolicy.Create(async (_, _, _, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return Verdict.NoOpinion;
        });

        var judging = endless.JudgeAsync(Question, new ScriptedReply("Lyon").ToGeneration(), cancellationToken: stop.Token);
        Assert.False(judging.IsCompleted);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => judging);
    }

    private sealed class Door(Verdict before) : IDeferralPolicy
    {
        public bool HasSeenAnswer { get; private set; }

        public ValueTask<Verdict> BeforeAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) => new(before);

        public ValueTask<Verdict> AfterAsync(
            GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken)
        {
            HasSeenAnswer = true;
            return new(Verdict.Keep("seen"));
        }
    }
}
