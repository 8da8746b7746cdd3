using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using LlmCascade.Tests.Faces;
using LlmCascade.Tests.Telemetry;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

public sealed class BudgetTests
{
    private readonly List<Episode> _episodes = [];

    private Episode Only => Assert.Single(_episodes);

    [Theory]
    [InlineData(CascadeMode.Normal, false, "small: deferred, small: budget-spent")]
    [InlineData(CascadeMode.FreezeLearning, false, "small: deferred, small: budget-spent")]
    [InlineData(CascadeMode.ExpertOnly, false, "small: deferred, small: budget-spent")]
    [InlineData(CascadeMode.Shadow, false, "small: deferred, small: budget-spent")]
    [InlineData(CascadeMode.Normal, true, "small: deferred, small: budget-spent")]
    [InlineData(CascadeMode.Shadow, true, "small: deferred, small: budget-spent")]
    public async Task Where_it_refuses_the_expert_the_rejected_answer_is_given_whole_and_once_in_every_mode(
        CascadeMode mode, bool isForced, string reasons)
    {
        foreach (var isStreaming in new[] { false, true })
        {
            _episodes.Clear();
            var small = new ScriptedGenerator(new ScriptedReply("Ly", "on").WithUsage(10, 2));
            var expert = new ScriptedGenerator("Paris");
            var client = new CascadeChatClient(new Cascade(
                [new Tier("small", small, DeferAll) { Prices = new Prices(1_000_000m, 1_000_000m) }],
                new Expert(expert) { Prices = new Prices(1_000_000m, 1_000_000m) },
                new CascadeSettings { Mode = mode, ExpertBudget = ExpertBudget.OfCalls(0, 1), OnEpisode = _episodes.Add }));
            var options = isForced ? new ChatOptions().WithCascade(c => c.ForceExpert()) : null;

            var response = isStreaming
                ? await client.GetStreamingResponseAsync("?", options).ToChatResponseAsync()
                : await client.GetResponseAsync("?", options);

            Assert.Equal("Lyon", response.Text);
            Assert.Equal(reasons, string.Join(", ", Only.Reasons()));
            Assert.Equal(("small", 0), (response.GetCascadeTrace()!.AnsweredBy, expert.CallCount));
            Assert.Equal((10, 2), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount));
            Only.ShouldUse(10, 2).ShouldCost(12);
            Assert.Equal((UsageState.None, null), (Only.Root.Children[1].UsageState, Only.Root.Children[1].Cost));
            Assert.Equal(mode != CascadeMode.FreezeLearning, Only.AllowsLearning);
            Assert.Equal(AttemptRole.Tier, Only.Answerer!.Role);
        }
    }

    [Theory]
    [InlineData(CascadeMode.ExpertOnly)]
    [InlineData(CascadeMode.Shadow)]
    public async Task Where_no_tier_was_to_be_asked_they_are_and_may_be_kept(CascadeMode mode)
    {
        var cascade = Cascade(calls: 0, mode, Tier("first", "Nice", DeferAll), Tier("second", "Lyon"), Tier("third", "Brest"));

        var (answer, episode) = await cascade.RunAsync(Question);

        Assert.Equal("Lyon", answer.Response.Text);
        Assert.Equal(["first: deferred", "second: kept"], episode.Reasons());
    }

    [Fact]
    public async Task The_expert_is_asked_as_long_as_it_lasts()
    {
        var cascade = Cascade(calls: 2, CascadeMode.Normal, Tier("small", "Lyon", DeferAll));

        List<string> answers = [];
        for (var i = 0; i < 4; i++)
        {
            answers.Add((await cascade.RunAsync(Question)).Generation.Response.Text);
        }

        Assert.Equal(["Paris", "Paris", "Lyon", "Lyon"], answers);
    }

    [Fact]
    public async Task The_last_answer_counts_and_tiers_that_have_none_are_passed_over()
    {
        var cascade = Cascade(
            calls: 0,
            CascadeMode.Normal,
            Tier("first", "Nice", DeferAll),
            Tier("second", "Lyon", DeferAll),
            Tier("failing", ScriptedReply.Throws(new IOException("down"))),
            Tier("empty", " "),
            Tier("closed", "Brest", new ClosedPolicy()));

        var (answer, episode) = await cascade.RunAsync(Question);

        Assert.Equal("Lyon", answer.Response.Text);
        Assert.Equal(
            ["first: deferred", "second: deferred", "failing: failed", "empty: empty", "closed: closed", "second: budget-spent"],
            episode.Reasons());
    }

    [Fact]
    public async Task An_answer_whose_policy_failed_is_an_answer()
    {
        var cascade = Cascade(
            calls: 0, CascadeMode.Normal, Tier("small", "Lyon", DeferralPolicy.Create((_, _) => throw new InvalidOperationException("broken"))));

        var (answer, episode) = await cascade.RunAsync(Question);

        Assert.Equal("Lyon", answer.Response.Text);
        Assert.Equal(["small: policy-failed", "small: budget-spent"], episode.Reasons());
    }

    [Fact]
    public async Task An_answer_that_names_no_label_does_not_replace_one_that_does()
    {
        var labels = new LabelSpace("yes", "no");
        var prompt = new LabelPrompt(labels);
        var cascade = Cascade(
            calls: 0,
            CascadeMode.Normal,
            new Tier("student", new LabelingGenerator(new ScriptedGenerator("no"), prompt), DeferAll),
            new Tier("small", new LabelingGenerator(new ScriptedGenerator("Perhaps."), prompt), LabelPolicy.Instance));

        var result = await new CascadeClassifier(cascade, prompt).ClassifyAsync("x");

        Assert.Equal(("no", "student", false), (result.Label, result.AnsweredBy, result.IsFromExpert));
        Assert.Equal(["student: deferred", "small: unparsed", "student: budget-spent"], result.Episode!.Reasons());
    }

    [Theory]
    [InlineData(CascadeMode.Normal)]
    [InlineData(CascadeMode.ExpertOnly)]
    [InlineData(CascadeMode.FreezeLearning)]
    [InlineData(CascadeMode.Shadow)]
    public async Task Where_no_tier_has_an_answer_the_request_fails_and_says_so(CascadeMode mode)
    {
        foreach (var isStreaming in new[] { false, true })
        {
            _episodes.Clear();
            var client = new CascadeChatClient(Cascade(calls: 0, mode, Tier("small", ScriptedReply.Throws(new IOException("down")))));

            var failure = await Assert.ThrowsAsync<CascadeException>(() => isStreaming
                ? client.GetStreamingResponseAsync("?").ToChatResponseAsync()
                : client.GetResponseAsync("?"));

            Assert.Equal(["small: failed", "expert: budget-spent"], failure.Attempts.Select(each => $"{each.Name}: {each.Verdict.Reason}"));
            Assert.Contains("budget", failure.Attempts[^1].Failure!.Message, StringComparison.Ordinal);
            Assert.Equal(UsageState.None, failure.Attempts[^1].UsageState);
            Assert.Null(Only.Answer);
        }
    }

    [Fact]
    public async Task A_resting_tier_has_no_answer()
    {
        var cascade = new Cascade(
            [Tier("small", ScriptedReply.Throws(new IOException("down")))],
            Expert("Paris"),
            new CascadeSettings { ExpertBudget = ExpertBudget.OfCalls(0, 1), RestAfterFailures = 1, TimeProvider = new FakeTimeProvider() });
        await Assert.ThrowsAsync<CascadeException>(() => cascade.RunAsync(Question).AsTask());

        var failure = await Assert.ThrowsAsync<CascadeException>(() => cascade.RunAsync(Question).AsTask());

        Assert.Equal(["resting", "budget-spent"], failure.Attempts.Select(attempt => attempt.Verdict.Reason));
    }

    [Fact]
    public async Task A_conversation_that_lives_at_the_expert_cannot_go_on_without_it()
    {
        var request = new GenerationRequest(Question.Messages, new ChatOptions { ConversationId = "at-the-expert" });

        var failure = await Assert.ThrowsAsync<CascadeException>(
            () => Cascade(calls: 0, CascadeMode.Normal, Tier("small", "Lyon")).RunAsync(request).AsTask());

        Assert.Equal(["conversation", "budget-spent"], failure.Attempts.Select(attempt => attempt.Verdict.Reason));
    }

    [Fact]
    public async Task A_conversation_at_a_tier_that_owns_it_goes_on_and_takes_nothing()
    {
        var budget = ExpertBudget.OfCalls(0, 1);
        var owner = new Tier("small", new ScriptedGenerator("Lyon"), DeferAll) { OwnsConversations = true };
        var cascade = new Cascade([owner], Expert("Paris"), new CascadeSettings { ExpertBudget = budget });

        var (_, episode) = await cascade.RunAsync(
            new GenerationRequest(Question.Messages, new ChatOptions { ConversationId = "at-the-tier" }));

        Assert.Equal(["small: conversation"], episode.Reasons());
        Assert.Equal((1, 0), (budget.Requests, budget.Spent));
    }

    [Fact]
    public async Task A_rejected_answer_leads_no_later_turn_to_a_client_that_does_not_know_it()
    {
        var cascade = Cascade(calls: 0, CascadeMode.Normal, Tier("small", new ScriptedReply("Lyon") { ConversationId = "at-small" }, DeferAll));

        var client = new CascadeChatClient(cascade);

        Assert.Null((await client.GetResponseAsync("?")).ConversationId);
        Assert.Null((await client.GetStreamingResponseAsync("?").ToChatResponseAsync()).ConversationId);
    }

    [Fact]
    public async Task Many_requests_at_once_never_take_more_than_there_is()
    {
        const int Requests = 1000;
        const int Calls = 137;
        var budget = ExpertBudget.OfCalls(Calls, Requests);
        var expert = new FunctionGenerator(async (_, _) =>
        {
            await Task.Yield();
            return new ScriptedReply("Paris").ToGeneration();
        });
        var cascade = new Cascade(
            [Tier("small", "Lyon", DeferAll)], new Expert(expert), new CascadeSettings { ExpertBudget = budget });
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var runs = Enumerable.Range(0, Requests).Select(_ => Task.Run(async () =>
        {
            await start.Task;
            return (await cascade.RunAsync(Question)).Generation.Response.Text;
        })).ToList();
        start.SetResult();
        var answers = await Task.WhenAll(runs);

        Assert.Equal(Calls, answers.Count(answer => answer == "Paris"));
        Assert.Equal((Requests, Calls, 0), (budget.Requests, budget.Spent, budget.Available));
    }

    [Fact]
    public async Task A_call_that_was_taken_and_not_made_is_given_back()
    {
        using var stop = new CancellationTokenSource();
        var budget = new CancellingBudget(stop);
        var expert = new ScriptedGenerator("Paris");
        var cascade = new Cascade([], new Expert(expert), new CascadeSettings { ExpertBudget = budget });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => cascade.RunAsync(Question, cancellationToken: stop.Token).AsTask());

        Assert.Equal((0, 0), (budget.Inner.Spent, expert.CallCount));
    }

    [Fact]
    public async Task A_call_that_the_total_limit_came_before_is_given_back()
    {
        var time = new FakeTimeProvider();
        var budget = ExpertBudget.OfCalls(5, 5);
        var slow = new FunctionGenerator((_, _) =>
        {
            time.Advance(TimeSpan.FromSeconds(2));
            return new(new ScriptedReply("Lyon").ToGeneration());
        });
        var cascade = new Cascade(
            [new Tier("small", slow, DeferAll)],
            Expert("Paris"),
            new CascadeSettings { ExpertBudget = budget, Timeout = TimeSpan.FromSeconds(1), TimeProvider = time });

        await Assert.ThrowsAsync<CascadeException>(() => cascade.RunAsync(Question).AsTask());

        Assert.Equal(0, budget.Spent);
    }

    [Fact]
    public async Task Cancelled_before_it_is_taken_nothing_is()
    {
        using var stop = new CancellationTokenSource();
        var budget = ExpertBudget.OfCalls(5, 5);
        var policy = DeferralPolicy.Create((_, _) =>
        {
            stop.Cancel();
            return Verdict.Defer("deferred");
        });
        var cascade = new Cascade([Tier("small", "Lyon", policy)], Expert("Paris"), new CascadeSettings { ExpertBudget = budget });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => cascade.RunAsync(Question, cancellationToken: stop.Token).AsTask());

        Assert.Equal((1, 0), (budget.Requests, budget.Spent));
    }

    [Fact]
    public async Task What_was_called_counts_whatever_came_of_it()
    {
        using var stop = new CancellationTokenSource();
        var budget = ExpertBudget.OfCalls(10, 10);
        var replies = new Queue<ScriptedReply>([ScriptedReply.Throws(new IOException("down")), " ", "I don't know", new ScriptedReply("x") { NeverEnds = true }]);
        var expert = new Expert(new ScriptedGenerator(request =>
        {
            var reply = replies.Dequeue();
            if (reply.NeverEnds)
            {
                stop.CancelAfter(TimeSpan.Zero);
            }

            return reply;
        }))
        { Policy = DeferralPolicy.DeferWhen((_, answer) => answer.Response.Text.Contains("know", StringComparison.Ordinal), "ignorant") };
        var cascade = new Cascade([], expert, new CascadeSettings { ExpertBudget = budget });

        await Assert.ThrowsAsync<CascadeException>(() => cascade.RunAsync(Question).AsTask());
        await Assert.ThrowsAsync<CascadeException>(() => cascade.RunAsync(Question).AsTask());
        Assert.True((await cascade.RunAsync(Question)).Generation.IsAbstained);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cascade.RunAsync(Question, cancellationToken: stop.Token).AsTask());

        Assert.Equal(4, budget.Spent);
    }

    [Fact]
    public async Task A_cascade_inside_counts_its_own_experts_calls()
    {
        var (inside, outside) = (ExpertBudget.OfCalls(1, 3), ExpertBudget.OfCalls(2, 3));
        var inner = new Cascade([Tier("inner-small", "Nice", DeferAll)], Expert("Paris"), new CascadeSettings { ExpertBudget = inside });
        var outer = new Cascade([Tier("small", "Lyon", DeferAll)], new Expert(inner), new CascadeSettings { ExpertBudget = outside });

        List<string> answers = [];
        for (var i = 0; i < 3; i++)
        {
            answers.Add((await outer.RunAsync(Question)).Generation.Response.Text);
        }

        Assert.Equal(["Paris", "Nice", "Lyon"], answers);
        Assert.Equal((2, 1, 3, 2), (inside.Requests, inside.Spent, outside.Requests, outside.Spent));
    }

    [Fact]
    public async Task Meters_see_one_request_and_the_tokens_once()
    {
        using var meters = new Meters();
        var cascade = new Cascade(
            [Tier("small", new ScriptedReply("Lyon").WithUsage(10, 2), DeferAll)],
            Expert("Paris"),
            new CascadeSettings { ExpertBudget = ExpertBudget.OfCalls(0, 1), MeterFactory = meters.Factory });

        await cascade.RunAsync(Question);

        Assert.Single(meters.Measurements, each => each.Instrument == "llmcascade.request.duration");
        Assert.Equal(["small"], meters.Sums("llmcascade.request.duration", "llmcascade.answered_by").Select(each => each.Tags));
        Assert.Equal([("small, input", 10), ("small, output", 2)], meters.Sums("llmcascade.token.usage", "llmcascade.attempt.name", "gen_ai.token.type"));
        Assert.Equal(
            ["small, defer, deferred", "small, keep, budget-spent"],
            meters.Sums("llmcascade.attempt.duration", "llmcascade.attempt.name", "llmcascade.decision", "llmcascade.reason").Select(each => each.Tags));
    }

    private Cascade Cascade(long calls, CascadeMode mode, params Tier[] tiers) => new(
        tiers,
        Expert("Paris"),
        new CascadeSettings { Mode = mode, ExpertBudget = ExpertBudget.OfCalls(calls, Math.Max(calls, 1)), OnEpisode = _episodes.Add });

    private sealed class ClosedPolicy : IDeferralPolicy
    {
        public ValueTask<Verdict> BeforeAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) =>
            new(Verdict.Defer("closed"));

        public ValueTask<Verdict> AfterAsync(
            GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken) =>
            new(Verdict.Keep("kept"));
    }

    private sealed class CancellingBudget(CancellationTokenSource stop) : IExpertBudget
    {
        public ExpertBudget Inner { get; } = ExpertBudget.OfCalls(5, 5);

        public void CountRequest() => Inner.CountRequest();

        public bool TryTake()
        {
            var isTaken = Inner.TryTake();
            stop.Cancel();
            return isTaken;
        }

        public void GiveBack() => Inner.GiveBack();
    }
}
