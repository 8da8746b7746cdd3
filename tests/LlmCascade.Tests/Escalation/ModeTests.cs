using System.Collections.Concurrent;
using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

public sealed class ModeTests
{
    [Theory]
    [InlineData(CascadeMode.Normal, "small", 1, 0, true)]
    [InlineData(CascadeMode.ExpertOnly, "expert", 0, 1, true)]
    [InlineData(CascadeMode.FreezeLearning, "small", 1, 0, false)]
    [InlineData(CascadeMode.Shadow, "expert", 1, 1, true)]
    public async Task A_mode_says_who_is_asked_and_whether_anything_may_be_learned_buffered_and_streamed(
        CascadeMode mode, string answeredBy, int askedSmall, int askedExpert, bool allowsLearning)
    {
        foreach (var isStreaming in new[] { false, true })
        {
            var small = new ScriptedChatClient(new ScriptedReply("Lyon").WithUsage(1, 1));
            var expert = new ScriptedChatClient(new ScriptedReply("Paris").WithUsage(10, 10));
            List<Episode> episodes = [];
            var addenda = new AddendumRecorder();
            var client = new CascadeChatClient(new Cascade(
                [new Tier("small", new ChatClientGenerator(small), KeepAll)],
                new Expert(new ChatClientGenerator(expert)),
                new CascadeSettings { Mode = mode, OnEpisode = episodes.Add, OnAddendum = addenda.Add }));

            var response = isStreaming
                ? await client.GetStreamingResponseAsync("Capital?").ToChatResponseAsync()
                : await client.GetResponseAsync("Capital?");
            if (mode == CascadeMode.Shadow)
            {
                Assert.Same(Assert.Single(episodes), (await addenda.NextAsync()).Episode);
            }

            Assert.Equal(answeredBy == "small" ? "Lyon" : "Paris", response.Text);
            Assert.Equal([answeredBy], response.GetCascadeTrace()!.Attempts.Select(attempt => attempt.Name));
            Assert.Equal(answeredBy == "small" ? 1 : 10, response.Usage!.InputTokenCount);
            Assert.Equal((askedSmall, askedExpert), (small.Calls.Count, expert.Calls.Count));
            Assert.Equal(allowsLearning, Assert.Single(episodes).AllowsLearning);
            Assert.Equal(0, addenda.Count);
        }
    }

    [Fact]
    public async Task The_mode_can_be_switched_while_the_cascade_is_in_use()
    {
        var cascade = new Cascade([Tier("small", "Lyon")], Expert("Paris"));
        Assert.Equal(CascadeMode.Normal, cascade.Mode);
        Assert.Equal(["small: kept"], await AskAsync());

        cascade.Mode = CascadeMode.ExpertOnly;
        Assert.Equal(["expert: expert"], await AskAsync());

        cascade.Mode = CascadeMode.Normal;
        Assert.Equal(["small: kept"], await AskAsync());

        async Task<IEnumerable<string>> AskAsync() => (await cascade.RunAsync(Question)).Episode.Reasons();
    }

    [Fact]
    public async Task A_request_keeps_the_mode_that_it_began_with()
    {
        var isAsked = new TaskCompletionSource();
        var goOn = new TaskCompletionSource<Verdict>();
        var waiting = DeferralPolicy.Create((_, _, _, _) =>
        {
            isAsked.SetResult();
            return new(goOn.Task);
        });
        var cascade = new Cascade(
            [Tier("small", "Lyon", waiting), Tier("large", "Nice")],
            Expert("Paris"),
            new CascadeSettings { Mode = CascadeMode.FreezeLearning });

        var run = cascade.RunAsync(Question).AsTask();
        await isAsked.Task;
        cascade.Mode = CascadeMode.ExpertOnly;
        goOn.SetResult(Verdict.Defer("deferred"));
        var (_, episode) = await run;

        Assert.Equal(["small: deferred", "large: kept"], episode.Reasons());
        Assert.False(episode.AllowsLearning);
    }

    [Fact]
    public async Task Switched_under_load_each_request_lives_in_one_mode_and_every_shadow_is_accounted_for()
    {
        const int Requests = 4000;
        CascadeMode[] modes = [CascadeMode.Normal, CascadeMode.FreezeLearning, CascadeMode.Shadow];
        ConcurrentDictionary<string, EpisodeAddendum> addenda = [];
        var settings = new CascadeSettings { ShadowLimit = Requests, OnAddendum = addendum => addenda.TryAdd(addendum.Episode.Id, addendum) };
        var small = new ScriptedGenerator(new ScriptedReply("Lyon").WithUsage(1, 0));
        var cascade = new Cascade(
            [new Tier("small", small, KeepAll)], Expert(new ScriptedReply("Paris").WithUsage(10, 0)), settings);
        ConcurrentBag<Episode> episodes = [];

        await Parallel.ForAsync(0, Requests, async (i, token) =>
        {
            cascade.Mode = modes[i % modes.Length];
            episodes.Add((await cascade.RunAsync(Question, cancellationToken: token)).Episode);
        });

        var byTier = episodes.Where(episode => episode.Answerer!.Name == "small").ToList();
        var byExpert = episodes.Where(episode => episode.Answerer!.Name == "expert").ToList();
        await TimeLimitTests.WaitForAsync(() => addenda.Count == byExpert.Count);
        Assert.Equal(Requests, small.CallCount);
        Assert.All(byTier, episode => Assert.Equal(1, episode.Root.Total().Usage.InputTokenCount));
        Assert.All(byExpert, episode => Assert.Equal(10, episode.Root.Total().Usage.InputTokenCount));
        Assert.All(byExpert, episode => Assert.True(episode.AllowsLearning));
        Assert.All(addenda.Values, addendum => Assert.Equal("expert", addendum.Episode.Answerer!.Name));
        Assert.All(addenda.Values, addendum => Assert.Equal(1, addendum.Root.Total().Usage.InputTokenCount));
        Assert.NotEmpty(byExpert);
        Assert.Contains(byTier, episode => !episode.AllowsLearning);
        Assert.Contains(byTier, episode => episode.AllowsLearning);
    }

    [Fact]
    public async Task Nested_cascades_decide_by_their_own_mode()
    {
        var inner = new Cascade([Tier("inner-small", "Lyon")], Expert("Paris"));
        var outer = new Cascade([Tier("small", "x")], new Expert(inner), new CascadeSettings { Mode = CascadeMode.ExpertOnly });

        var (_, byInnerTier) = await outer.RunAsync(Question);
        inner.Mode = CascadeMode.ExpertOnly;
        var (_, byInnerExpert) = await outer.RunAsync(Question);

        Assert.Equal("inner-small", Assert.Single(byInnerTier.Root.Children[0].Children).Name);
        Assert.Equal("expert", Assert.Single(byInnerExpert.Root.Children[0].Children).Name);
    }

    [Fact]
    public async Task A_nested_cascades_frozen_learning_is_its_own_affair()
    {
        Episode? part = null;
        var inner = new Cascade(
            [], Expert("Paris"), new CascadeSettings { Mode = CascadeMode.FreezeLearning, OnEpisode = episode => part = episode });

        var (_, whole) = await new Cascade([new Tier("inner", inner, KeepAll)], Expert("x")).RunAsync(Question);

        Assert.False(part!.AllowsLearning);
        Assert.True(whole.AllowsLearning);
    }

    [Theory]
    [InlineData(CascadeMode.Normal)]
    [InlineData(CascadeMode.FreezeLearning)]
    [InlineData(CascadeMode.Shadow)]
    public async Task A_forced_expert_is_forced_in_every_mode_and_at_every_level(CascadeMode mode)
    {
        var small = new ScriptedGenerator("Lyon");
        var settings = new CascadeSettings { Mode = mode };
        var inner = new Cascade([new Tier("inner-small", small, KeepAll)], Expert("Paris"), settings);
        var outer = new Cascade([new Tier("small", small, KeepAll)], new Expert(inner), settings);

        var (_, episode) = await outer.RunAsync(Question, new CascadeRequestOptions { ForceExpert = true });

        Assert.Equal("expert", Assert.Single(Assert.Single(episode.Root.Children).Children).Name);
        Assert.Equal(0, small.CallCount);
    }

    [Fact]
    public async Task A_conversation_goes_to_its_owner_in_every_mode()
    {
        var request = new GenerationRequest(Question.Messages, new ChatOptions { ConversationId = "at-the-owner" });
        foreach (var mode in Enum.GetValues<CascadeMode>())
        {
            var owner = new Tier("small", new ScriptedGenerator("Lyon"), KeepAll) { OwnsConversations = true };
            var (_, episode) = await new Cascade([owner], Expert("Paris"), new CascadeSettings { Mode = mode }).RunAsync(request);

            Assert.Equal(["small: conversation"], episode.Reasons());
        }
    }

    [Fact]
    public void A_value_that_is_no_mode_is_refused()
    {
        var cascade = new Cascade([], Expert("Paris"), new CascadeSettings { Mode = CascadeMode.Shadow });

        var failure = Assert.Throws<ArgumentOutOfRangeException>(() => cascade.Mode = (CascadeMode)4);
        Assert.Throws<ArgumentOutOfRangeException>(() => new CascadeSettings { Mode = (CascadeMode)(-1) });

        Assert.Contains("Normal, ExpertOnly, FreezeLearning, Shadow", failure.Message, StringComparison.Ordinal);
        Assert.Equal(CascadeMode.Shadow, cascade.Mode);
    }
}
