using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Testing;

public sealed class EpisodeAssertionsTests
{
    private static readonly Prices _prices = new(inputPerMillion: 1, outputPerMillion: 10);

    [Fact]
    public async Task What_happened_is_asserted_in_one_breath()
    {
        var episode = await DeferAsync();

        Assert.Same(episode, episode
            .ShouldBeAnsweredBy("expert")
            .ShouldDefer("small")
            .ShouldDefer("small", DeferralReasons.BelowThreshold)
            .ShouldNotAsk("large")
            .ShouldCost(0.00048m)
            .ShouldUse(inputTokens: 120, outputTokens: 36));
    }

    [Fact]
    public async Task What_did_not_happen_is_a_failure_that_says_what_did()
    {
        var episode = await DeferAsync();

        Fails("Expected an answer by 'small', and 'expert' answered.", () => episode.ShouldBeAnsweredBy("small"));
        Fails("Expected 'expert' to defer, and it said Keep, expert.", () => episode.ShouldDefer("expert"));
        Fails("Expected 'small' to defer for the reason 'unsure', and it said Defer, below-threshold.", () => episode.ShouldDefer("small", "unsure"));
        Fails("Expected 'large' to defer, and it was not reached.", () => episode.ShouldDefer("large"));
        Fails("Expected 'expert' not to be asked, and it was.", () => episode.ShouldNotAsk("expert"));
        Fails("Expected a cost of 0.5, and it was 0.00048.", () => episode.ShouldCost(0.5m));
        Fails("Expected 120 + 35 tokens, and 120 + 36 were used.", () => episode.ShouldUse(120, 35));
        Fails("Expected 119 + 36 tokens, and 120 + 36 were used.", () => episode.ShouldUse(119, 36));
    }

    [Fact]
    public async Task A_failure_shows_the_whole_tree_and_no_word_of_question_or_answer()
    {
        var episode = await DeferAsync();

        var message = Assert.Throws<ExpectationException>(() => episode.ShouldCost(0)).Message;

        Assert.Equal(
            $"""
            Expected a cost of 0, and it was 0.00048.
            episode {episode.Id}: answered by 'expert', 120 + 36 tokens, cost 0.00048
              small (Tier): Defer, below-threshold, confidence 0.3 (Measured), 20 + 2 tokens, cost 0.00004
              expert (Expert): Keep, expert, 100 + 34 tokens, cost 0.00044
            """,
            message);
    }

    [Fact]
    public async Task Content_is_shown_when_asked_for()
    {
        var episode = await DeferAsync(ScriptedReply.Throws(new IOException("all\ndown")));

        Assert.DoesNotContain("down", episode.Describe(), StringComparison.Ordinal);
        Assert.Contains("small (Tier): Defer, failed, tokens unknown, cost unknown, IOException\n", episode.Describe(), StringComparison.Ordinal);
        Assert.Equal(
            $"""
            episode {episode.Id}: answered by 'expert', at least 100 + 34 tokens, cost at least 0.00044
              asked: What is the capital of France?
              small (Tier): Defer, failed, tokens unknown, cost unknown, IOException
                threw: all down
              expert (Expert): Keep, expert, 100 + 34 tokens, cost 0.00044
                said: Paris
            """,
            episode.Describe(withContent: true));
    }

    [Fact]
    public async Task A_lower_bound_is_no_cost_and_no_usage()
    {
        var episode = await DeferAsync(new ScriptedReply("Ly") { Failure = new IOException("cut") }.WithUsage(20, 2));

        Fails("Expected a cost of 0.00048, and it was at least 0.00048.", () => episode.ShouldCost(0.00048m));
        Fails("Expected 120 + 36 tokens, and at least 120 + 36 were used.", () => episode.ShouldUse(120, 36));
        Assert.Contains("failed, at least 20 + 2 tokens, cost at least 0.00004", episode.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_answers_a_request_that_failed()
    {
        var episodes = new EpisodeRecorder();
        var settings = new CascadeSettings { OnEpisode = episodes.Record };
        var down = Expert(ScriptedReply.Throws(new IOException("down")));

        await Assert.ThrowsAsync<CascadeException>(async () => await new Cascade([], down, settings).RunAsync(Question));

        Fails("Expected an answer by 'expert', and there was none.", () => episodes.Only.ShouldBeAnsweredBy("expert"));
        Assert.Contains(": no answer, ", episodes.Only.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tier_that_was_skipped_has_deferred_and_was_not_asked()
    {
        var cascade = new Cascade(
            [Tier("small", "Lyon", new Closed()), Tier("stuck", "Lyon", new Closed(new InvalidOperationException("stuck")))], Expert("Paris"));

        var (_, episode) = await cascade.RunAsync(Question);

        episode.ShouldDefer("small", "closed").ShouldNotAsk("small");
        episode.ShouldDefer("stuck", EscalationReasons.PolicyFailed).ShouldNotAsk("stuck");
    }

    [Fact]
    public async Task A_tier_that_failed_or_was_kept_was_asked()
    {
        var cascade = new Cascade(
            [new Tier("broken", new Broken(), KeepAll), Tier("small", "Lyon", KeepAll)], Expert("Paris"));

        var (_, episode) = await cascade.RunAsync(Question);

        episode.ShouldBeAnsweredBy("small").ShouldNotAsk("expert");
        Fails("Expected 'small' not to be asked, and it was.", () => episode.ShouldNotAsk("small"));
        Fails("Expected 'broken' not to be asked, and it was.", () => episode.ShouldNotAsk("broken"));
    }

    [Fact]
    public async Task Attempts_of_a_nested_cascade_are_found_by_their_names()
    {
        var inner = new Cascade([Tier("inner", "Lyon", DeferAll), Tier("between", "Lyon")], new Expert(new ScriptedGenerator("Paris"), "inner-expert"));

        var (_, episode) = await new Cascade([new Tier("nested", inner, KeepAll)], Expert("Rome")).RunAsync(Question);

        episode.ShouldBeAnsweredBy("nested").ShouldDefer("inner", "deferred").ShouldNotAsk("inner-expert").ShouldNotAsk("expert");
        Fails("Expected 'between' not to be asked, and it was.", () => episode.ShouldNotAsk("between"));
        Assert.Contains("\n    inner (Tier): Defer, deferred", episode.Describe(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Draws_and_calls_left_behind_are_shown()
    {
        var deaf = new ScriptedReply("Never") { NeverEnds = true, IgnoresCancellation = true };
        var slow = new Tier("slow", new ScriptedGenerator(deaf), KeepAll) { Timeout = TimeSpan.FromMilliseconds(1) };
        var cascade = new Cascade(
            [slow, Tier("small", "Lyon", new ExplorationPolicy(KeepAll, 1))],
            Expert("Paris"),
            new CascadeSettings { GraceTime = TimeSpan.FromMilliseconds(1) });

        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Contains("slow (Tier): Defer, timed-out, tokens unknown, cost unknown, abandoned, TimeoutException\n", episode.Describe(), StringComparison.Ordinal);
        Assert.Contains("small (Tier): DeferToExpert, explored, drawn with 1", episode.Describe(), StringComparison.Ordinal);
    }

    private static void Fails(string expected, Func<Episode> assert) =>
        Assert.StartsWith(expected + "\nepisode ", Assert.Throws<ExpectationException>(assert).Message, StringComparison.Ordinal);

    private static async Task<Episode> DeferAsync(ScriptedReply? small = null)
    {
        small ??= new ScriptedReply("Lyon") { Confidence = Confidence.Measured(0.3) }.WithUsage(20, 2);
        var cascade = new Cascade(
            [new Tier("small", new ScriptedGenerator(small), new ThresholdPolicy(0.8)) { Prices = _prices }],
            new Expert(new ScriptedGenerator(new ScriptedReply("Paris").WithUsage(100, 34))) { Prices = _prices });
        return (await cascade.RunAsync(Question)).Episode;
    }

    private sealed class Closed(Exception? failure = null) : IDeferralPolicy
    {
        public ValueTask<Verdict> BeforeAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) =>
            failure is null ? new(Verdict.Defer("closed")) : throw failure;

        public ValueTask<Verdict> AfterAsync(
            GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken) =>
            new(Verdict.Keep("open"));
    }

    private sealed class Broken : IGenerator
    {
        public ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) =>
            throw new IOException("down");
    }
}
