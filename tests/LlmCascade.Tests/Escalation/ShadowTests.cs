using System.Globalization;
using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using LlmCascade.Tests.Middleware;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

/// <summary>What the tiers do beside the expert, and what is told about it.</summary>
public sealed class ShadowTests
{
    private static readonly Prices _perCall = new(perCall: 1);

    private readonly AddendumRecorder _addenda = new();
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_addendum_says_which_answers_would_have_been_kept_at_what_cost_beside_the_experts(bool isStreaming)
    {
        var small = new ScriptedChatClient(new ScriptedReply("Lyon").WithUsage(1, 2));
        var medium = new ScriptedChatClient(new ScriptedReply("Nice").WithUsage(3, 4));
        var expert = new ScriptedChatClient(new ScriptedReply("Paris").WithUsage(10, 20));
        var client = new CascadeChatClient(Shadowing(
            [
                new Tier("small", new ChatClientGenerator(small), DeferAll) { Prices = _perCall },
                new Tier("medium", new ChatClientGenerator(medium), KeepAll) { Prices = new Prices(perCall: 2) },
            ],
            new Expert(new ChatClientGenerator(expert)) { Prices = new Prices(perCall: 10) }));
        var options = new ChatOptions().WithCascade(request => request.Scope("tenant").Key("order-17"));

        var response = isStreaming
            ? await client.GetStreamingResponseAsync("Capital?", options).ToChatResponseAsync()
            : await client.GetResponseAsync("Capital?", options);
        var (episode, root) = await _addenda.NextAsync();

        Assert.Equal("Paris", response.Text);
        Assert.Equal((10, 20), (response.Usage!.InputTokenCount, response.Usage.OutputTokenCount));
        Assert.DoesNotContain("small.input_tokens", response.Usage.AdditionalCounts!.Keys);
        var trace = response.GetCascadeTrace()!;
        Assert.Equal(("expert", 10m, episode.Id), (trace.AnsweredBy, trace.Cost, trace.EpisodeId));
        Assert.Equal(["expert: expert"], episode.Reasons());

        Assert.Equal(("tenant", "order-17", "Paris"), (episode.Scope, episode.Key, episode.Answer!.Response.Text));
        Assert.Equal(["small: deferred", "medium: kept"], root.Children.Select(tier => $"{tier.Name}: {tier.Verdict.Reason}"));
        Assert.Equal(("Nice", Decision.Keep), (root.Generation!.Response.Text, root.Verdict.Decision));
        var total = root.Total();
        Assert.Equal((3m, 4, 6), (total.Cost, total.Usage.InputTokenCount, total.Usage.OutputTokenCount));
        Assert.True(total is { IsCostComplete: true, IsUsageComplete: true });
        Assert.All(small.Calls.Concat(medium.Calls), call => Assert.False(call.IsStreaming));
        Assert.Equal(isStreaming, Assert.Single(expert.Calls).IsStreaming);
    }

    [Fact]
    public async Task Where_no_answer_would_have_been_kept_the_addendum_has_none()
    {
        await Shadowing([Tier("small", "Lyon", DeferAll)], Expert("Paris")).RunAsync(Question);

        var (_, root) = await _addenda.NextAsync();

        Assert.Null(root.Generation);
        Assert.Equal(Decision.Defer, root.Verdict.Decision);
        Assert.Equal("Lyon", root.Children[0].Generation!.Response.Text);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Draws_are_those_of_normal_mode(bool isNested)
    {
        var normal = Exploring(CascadeMode.Normal);
        var shadowing = Exploring(CascadeMode.Shadow);
        List<string> expected = [];
        List<string> actual = [];
        for (var i = 0; i < 200; i++)
        {
            var options = new CascadeRequestOptions { Key = i.ToString(CultureInfo.InvariantCulture) };
            var (_, episode) = await normal.RunAsync(Question, options);
            expected.Add(Reasons(isNested ? episode.Root.Children[0] : episode.Root));
            await shadowing.RunAsync(Question, options);
            actual.Add(Reasons((await _addenda.NextAsync()).Root));
        }

        Assert.Equal(expected, actual);
        Assert.Equal(4, expected.Distinct().Count());

        static string Reasons(Attempt attempt) =>
            string.Join(", ", attempt.Children.Where(child => child.Role == AttemptRole.Tier).Select(child => child.Verdict.Reason));

        Cascade Exploring(CascadeMode mode)
        {
            var half = new ExplorationPolicy(KeepAll, 0.5);
            var passing = DeferralPolicy.Create(async (request, generation, context, token) =>
                await half.AfterAsync(request, generation, context, token) with { Decision = Decision.Defer });
            var cascade = new Cascade(
                [Tier("small", "Lyon", passing), Tier("medium", "Nice", half)],
                Expert("Paris"),
                new CascadeSettings { Seed = 7, Mode = mode, OnAddendum = _addenda.Add });
            return isNested
                ? new Cascade([new Tier("inner", cascade, KeepAll)], Expert("x"), new CascadeSettings { Seed = 7 })
                : cascade;
        }
    }

    [Fact]
    public async Task A_nested_cascade_has_a_shadow_and_an_addendum_of_its_own()
    {
        List<Episode> parts = [];
        DateTimeOffset? deadline = DateTimeOffset.MinValue;
        var watching = DeferralPolicy.Create((_, _, context, _) =>
        {
            deadline = context.Deadline;
            return new(Verdict.Keep("seen"));
        });
        var inner = new Cascade(
            [Tier("inner-small", "Lyon", watching)],
            Expert("Paris"),
            new CascadeSettings { Mode = CascadeMode.Shadow, OnEpisode = parts.Add, OnAddendum = _addenda.Add });
        var outer = new Cascade(
            [new Tier("inner", inner, DeferAll) { Timeout = TimeSpan.FromMinutes(1) }], Expert("x"));

        var (answer, episode) = await outer.RunAsync(Question);
        var addendum = await _addenda.NextAsync();

        Assert.Equal("Paris", answer.Response.Text);
        Assert.Equal(["inner: authoritative"], episode.Reasons());
        Assert.Equal(["expert"], episode.Root.Children[0].Children.Select(child => child.Name));
        Assert.Same(Assert.Single(parts), addendum.Episode);
        Assert.Null(deadline);
        Assert.Equal((episode.Id, "inner", "inner-small"), (addendum.Episode.Id, addendum.Root.Name, Assert.Single(addendum.Root.Children).Name));
    }

    [Fact]
    public async Task Conversations_are_answered_as_in_normal_mode_and_have_no_shadow()
    {
        var small = new ScriptedGenerator("Lyon");
        var request = new GenerationRequest(Question.Messages, new ChatOptions { ConversationId = "at-the-expert" });
        var cascade = Shadowing([new Tier("small", small, KeepAll)], Expert("Madrid"));

        var (_, episode) = await cascade.RunAsync(request);

        Assert.Equal(["small: conversation", "expert: expert"], episode.Reasons());
        await cascade.RunAsync(Question);
        await _addenda.NextAsync();
        Assert.Equal((1, 0), (small.CallCount, _addenda.Count));
    }

    [Fact]
    public async Task The_limits_of_tiers_and_the_total_limit_hold_from_the_shadows_own_start()
    {
        var never = new ScriptedGenerator(_ => new ScriptedReply("Never") { NeverEnds = true }, _time);
        var inner = new Cascade(
            [new Tier("hurried", never, KeepAll) { Timeout = TimeSpan.FromSeconds(2) }, new Tier("slow", never, KeepAll)],
            Expert("Paris"),
            new CascadeSettings { Mode = CascadeMode.Shadow, TimeProvider = _time, Timeout = TimeSpan.FromSeconds(5), OnAddendum = _addenda.Add });
        var outer = new Cascade(
            [new Tier("inner", inner, KeepAll) { Timeout = TimeSpan.FromSeconds(1) }], Expert("x"), new CascadeSettings { TimeProvider = _time });

        await outer.RunAsync(Question);
        await TimeLimitTests.WaitForAsync(() => never.CallCount == 1);
        _time.Advance(TimeSpan.FromSeconds(2));
        await TimeLimitTests.WaitForAsync(() => never.CallCount == 2);
        _time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.Equal(0, _addenda.Count);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        var (_, root) = await _addenda.NextAsync();

        Assert.Equal(["timed-out", "deadline"], root.Children.Select(tier => tier.Verdict.Reason));
        Assert.Equal(TimeSpan.FromSeconds(2), root.Children[0].Latency);
    }

    [Fact]
    public async Task The_tiers_see_what_was_asked_whatever_the_caller_does_with_its_messages_afterwards()
    {
        var goOn = new TaskCompletionSource<Verdict>();
        var small = new ScriptedChatClient("Lyon");
        var waiting = DeferralPolicy.Create((_, _, _, _) => new(goOn.Task));
        var client = new CascadeChatClient(Shadowing(
            [Tier("first", "x", waiting), new Tier("small", new ChatClientGenerator(small), KeepAll)], Expert("Paris")));
        var message = new ChatMessage(ChatRole.User, "Capital?");
        var options = new ChatOptions { Temperature = 0.5f };

        await client.GetResponseAsync(message, options);
        message.Contents.Add(new TextContent("edited"));
        message.AdditionalProperties = new() { ["edited"] = true };
        options.Temperature = 1;
        goOn.SetResult(Verdict.Defer("go on"));
        await _addenda.NextAsync();

        var call = Assert.Single(small.Calls);
        Assert.Equal(("Capital?", 0.5f), (call.Messages[0].Text, call.Options!.Temperature));
        Assert.Null(call.Messages[0].AdditionalProperties);
    }

    [Fact]
    public async Task An_addendum_comes_after_its_episode_however_quick_the_tiers_are()
    {
        List<string> news = [];
        var expert = new TaskCompletionSource<Verdict>();
        var policy = DeferralPolicy.Create((_, _, _, _) => new(expert.Task));
        var small = new ScriptedGenerator("Lyon");
        var cascade = new Cascade(
            [new Tier("small", small, KeepAll)],
            new Expert(new ScriptedGenerator("Paris")) { Policy = policy },
            new CascadeSettings
            {
                Mode = CascadeMode.Shadow,
                ShadowLimit = 1,
                OnEpisode = _ => news.Add("episode"),
                OnAddendum = addendum =>
                {
                    news.Add("addendum");
                    _addenda.Add(addendum);
                },
            });

        var first = cascade.RunAsync(Question).AsTask();
        await TimeLimitTests.WaitForAsync(() => small.CallCount == 1);
        await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        Assert.Empty(news);
        expert.SetResult(Verdict.Keep("good"));
        await first;
        await _addenda.NextAsync();

        Assert.Equal(["episode", "addendum"], news);
    }

    [Fact]
    public async Task An_observer_that_throws_is_logged_and_harms_nobody()
    {
        var log = new RecordingLogger();
        Action<EpisodeAddendum> broken = _ => throw new InvalidOperationException("broken");
        var cascade = new Cascade(
            [Tier("small", "Lyon")],
            Expert("Paris"),
            new CascadeSettings { Mode = CascadeMode.Shadow, OnAddendum = broken + _addenda.Add, Logger = log });

        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Same(episode, (await _addenda.NextAsync()).Episode);
        Assert.Contains(log.Messages, message => message.Contains(episode.Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_line_for_logs_holds_no_text()
    {
        await Shadowing([Tier("small", "secret answer")], Expert("secret answer")).RunAsync(new GenerationRequest("secret question"));

        Assert.DoesNotContain("secret", (await _addenda.NextAsync()).ToString(), StringComparison.Ordinal);
    }

    private Cascade Shadowing(IEnumerable<Tier> tiers, Expert expert) =>
        new(tiers, expert, new CascadeSettings { Mode = CascadeMode.Shadow, OnAddendum = _addenda.Add });
}
