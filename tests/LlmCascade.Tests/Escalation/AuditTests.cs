using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using LlmCascade.Tests.Learning;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

/// <summary>The expert is asked about kept answers as well, beside the requests.</summary>
public sealed class AuditTests
{
    private readonly AddendumRecorder _addenda = new();
    private readonly List<Lesson> _lessons = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_audit_costs_a_call_of_the_expert_that_the_answer_neither_waits_for_nor_shows(bool isStreaming)
    {
        var expert = new ScriptedChatClient(new ScriptedReply("Paris").WithUsage(10, 20));
        var client = new CascadeChatClient(Audited(
            1, Tier("small", "Lyon"), new Expert(new ChatClientGenerator(expert)) { Prices = new Prices(perCall: 10) }));

        var response = isStreaming
            ? await client.GetStreamingResponseAsync("Capital?").ToChatResponseAsync()
            : await client.GetResponseAsync("Capital?");
        var (episode, root) = await _addenda.NextAsync();
        await client.Cascade.SettleAuditsAsync();

        Assert.Equal("Lyon", response.Text);
        Assert.Equal(("small", 1.0), (episode.Answerer!.Name, episode.AuditProbability));
        Assert.Equal(("Paris", EscalationReasons.Audited, 1.0), (root.Generation!.Response.Text, root.Verdict.Reason, root.Verdict.Probability!.Value));
        Assert.Equal(["expert"], root.Children.Select(child => child.Name));
        Assert.Equal((10m, 20), (root.Total().Cost, root.Total().Usage.OutputTokenCount));
        Assert.False(Assert.Single(expert.Calls).IsStreaming);
        var lesson = Assert.Single(_lessons);
        Assert.Equal((episode, "Paris", TruthSource.Audit, 1.0), (lesson.Episode, lesson.Truth.Response.Text, lesson.Source, lesson.Propensity));
    }

    [Fact]
    public async Task The_share_is_drawn_with_the_seed_and_logged_with_every_kept_answer()
    {
        var drawn = new List<string[]>();
        for (var run = 0; run < 2; run++)
        {
            _lessons.Clear();
            var cascade = Audited(0.2, Tier("small", "Lyon"), Expert("Paris"));
            List<Episode> episodes = [];
            for (var i = 0; i < 500; i++)
            {
                episodes.Add((await cascade.RunAsync(Question)).Episode);
                await cascade.SettleAuditsAsync();
            }

            Assert.All(episodes, episode => Assert.Equal(0.2, episode.AuditProbability));
            Assert.All(_lessons, lesson => Assert.Equal(0.2, lesson.Propensity));
            drawn.Add([.. _lessons.Select(lesson => lesson.Episode.Key)]);
        }

        Assert.InRange(drawn[0].Length, 70, 130);
        Assert.Equal(drawn[0], drawn[1]);
    }

    [Fact]
    public async Task Only_answers_of_tiers_that_may_be_learned_from_are_audited()
    {
        var deferring = Audited(1, Tier("small", "Lyon", DeferAll), Expert("Paris"));
        var nested = Audited(1, new Tier("inner", new Cascade([Tier("small", "Lyon", DeferAll)], Expert("Paris")), DeferAll), Expert("Paris"));
        var keeping = Audited(1, Tier("small", "Lyon"), Expert("Paris"));

        Episode[] episodes =
        [
            (await deferring.RunAsync(Question)).Episode,
            (await nested.RunAsync(Question)).Episode,
            (await keeping.RunAsync(Question, new CascadeRequestOptions { NoLearning = true })).Episode,
            (await keeping.RunAsync(Question, new CascadeRequestOptions { ForceExpert = true })).Episode,
        ];
        keeping.Mode = CascadeMode.FreezeLearning;
        episodes = [.. episodes, (await keeping.RunAsync(Question)).Episode];
        keeping.Mode = CascadeMode.ExpertOnly;
        episodes = [.. episodes, (await keeping.RunAsync(Question)).Episode];
        await Task.WhenAll(deferring.SettleAuditsAsync(), nested.SettleAuditsAsync(), keeping.SettleAuditsAsync());

        Assert.All(episodes, episode => Assert.Equal(0, episode.AuditProbability));
        Assert.Equal(0, _addenda.Count);
    }

    [Fact]
    public async Task An_audit_takes_from_the_experts_budget_and_is_left_out_when_that_is_spent()
    {
        var expert = new ScriptedGenerator("Paris");
        var budget = ExpertBudget.OfCalls(2, 10);
        var cascade = new Cascade([Tier("small", "Lyon")], new Expert(expert), Settings(1) with { ExpertBudget = budget });
        for (var i = 0; i < 5; i++)
        {
            await cascade.RunAsync(Question);
            await cascade.SettleAuditsAsync();
        }

        Assert.Equal((2, 2, 2), (expert.CallCount, budget.Spent, _lessons.Count));
    }

    [Fact]
    public async Task An_expert_that_fails_or_abstains_teaches_nothing_and_is_told_about()
    {
        var failing = Audited(1, Tier("small", "Lyon"), Expert(ScriptedReply.Throws(new IOException("down"))));
        var abstaining = Audited(1, Tier("small", "Lyon"), new Expert(new ScriptedGenerator("Paris")) { Policy = DeferAll });

        Assert.Equal("Lyon", (await failing.RunAsync(Question)).Generation.Response.Text);
        var failure = await _addenda.NextAsync();
        await abstaining.RunAsync(Question);
        var abstention = await _addenda.NextAsync();
        await Task.WhenAll(failing.SettleAuditsAsync(), abstaining.SettleAuditsAsync());

        Assert.IsType<CascadeException>(failure.Root.Failure);
        Assert.True(abstention.Root.Generation!.IsAbstained);
        Assert.Empty(_lessons);
    }

    [Fact]
    public async Task A_caller_that_goes_on_editing_its_messages_changes_no_audit()
    {
        var expert = new ScriptedChatClient(_ => "Paris");
        var gate = new TaskCompletionSource();
        var cascade = Audited(
            1, Tier("small", "Lyon"), new Expert(new FunctionExpert(async () => { await gate.Task; return expert; })));
        List<ChatMessage> messages = [new(ChatRole.User, "Capital?")];

        await cascade.RunAsync(new GenerationRequest(messages));
        messages[0].Contents.Clear();
        messages.Clear();
        gate.SetResult();
        await cascade.SettleAuditsAsync();

        Assert.Equal("Capital?", Assert.Single(expert.Calls).Messages[0].Text);
    }

    [Fact]
    public async Task Stopping_cancels_audits_and_starts_no_more()
    {
        var expert = new ScriptedGenerator(new ScriptedReply { NeverEnds = true });
        var cascade = Audited(1, Tier("small", "Lyon"), new Expert(expert));
        await cascade.RunAsync(Question);

        cascade.StopShadows();
        await cascade.SettleAuditsAsync();
        await cascade.RunAsync(Question);

        Assert.Equal(0, cascade.GetHealth().AbandonedCalls);
        Assert.Equal(1, _addenda.Count);
        Assert.InRange(expert.CallCount, 0, 1);
    }

    [Fact]
    public async Task What_the_host_has_reported_before_an_audit_is_not_learned_again_and_what_it_reports_later_is()
    {
        var learner = new ScriptedLearner();
        var gate = new TaskCompletionSource();
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient("Paris"));
        services.AddLlmCascade(cascade => cascade
            .AddTier("small", tier => tier.UseChatClient(new ScriptedChatClient("Lyon")).KeepWhenValid())
            .AddLearner(learner)
            .Audit(1)
            .OnAddendum(_ => gate.Task.Wait()));
        await using var provider = services.BuildServiceProvider();
        var client = (CascadeChatClient)provider.GetRequiredService<IChatClient>();
        var first = (await client.GetResponseAsync("Capital?")).GetCascadeTrace()!.EpisodeId;

        await client.Learning!.ReportAsync(first, new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, "Nice"))), TruthSource.Host);
        gate.SetResult();
        await client.Cascade.SettleAuditsAsync();
        var second = (await client.GetResponseAsync("Capital?")).GetCascadeTrace()!.EpisodeId;
        await client.Cascade.SettleAuditsAsync();
        await client.Learning!.ReportAsync(second, new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, "Nice"))), TruthSource.Host);

        Assert.Equal(
            [(first, TruthSource.Host), (second, TruthSource.Audit), (second, TruthSource.Host)],
            learner.Lessons.Select(lesson => (lesson.Episode.Id, lesson.Source)));
    }

    private Cascade Audited(double share, Tier tier, Expert expert) => new([tier], expert, Settings(share));

    private CascadeSettings Settings(double share) => new()
    {
        AuditShare = share,
        OnAddendum = _addenda.Add,
        LearnAudit = lesson =>
        {
            lock (_lessons)
            {
                _lessons.Add(lesson);
            }

            return default;
        },
    };

    private sealed class FunctionExpert(Func<Task<IChatClient>> client) : IGenerator
    {
        public async ValueTask<Generation> GenerateAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) =>
            await new ChatClientGenerator(await client()).GenerateAsync(request, context, cancellationToken);
    }
}
