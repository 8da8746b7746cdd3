using LlmCascade.Strategies;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class StrategyRegressionTests : LearningTest
{
    [Fact]
    public async Task A_note_in_the_same_call_is_not_shown_where_the_expert_is_a_cascade()
    {
        var both = new ScriptedChatClient("""{"answer": "45 days", "note": "Broken goods go back within 45 days."}""");
        var services = new ServiceCollection();
        services.AddLlmCascade("inner", cascade => cascade
            .AddTier("never", tier => tier.UseChatClient(new ScriptedChatClient("no")).DeferWhen(_ => true).KeepWhenValid())
            .Expert(expert => expert.UseChatClient(both)));
        await using var inner = services.BuildServiceProvider();
        var cascade = ((CascadeChatClient)inner.GetRequiredKeyedService<IChatClient>("inner")).Cascade;
        await using var host = Start(cascade: outer => outer.LearnStrategies(strategies => strategies.InSameCall = true).Expert(expert => expert.UseGenerator(cascade)));

        var text = string.Concat(await host.GetRequiredService<IChatClient>().GetStreamingResponseAsync(Query, Options()).Select(update => update.Text).ToListAsync());

        Assert.Equal("45 days", text);
    }

    [Fact]
    public async Task A_host_that_confirms_leaves_the_note_in_place_that_would_be_written_again()
    {
        await using var host = Start();
        await AskAsync(host, Query);

        await LearningOf(host).ReportAsync(Episodes[0].Id, Answer("45 days"), TruthSource.Host);
        await LearningOf(host).SettleAsync();

        Assert.Equal(StrategyStatus.Active, (await OnlyAsync(Repository)).Status);
    }

    [Fact]
    public async Task What_the_redactor_drops_is_not_stored()
    {
        await using var host = Start(cascade: cascade => cascade.LearnStrategies(strategies => strategies.Redact = _ => null!));

        await AskAsync(host, Query);

        Assert.Empty(await Repository.ListAsync(StrategyFilter.InAllScopes));
        Assert.Equal(1, LearningOf(host).Strategies.Refused);
    }

    [Fact]
    public async Task What_may_not_be_learned_from_is_not_learned_from_an_audit_either()
    {
        List<string> asked = [];
        SmallAnswers = "44 days";
        await using var host = Start(cascade: cascade => cascade.Audit(1).AcceptForLearning(episode =>
        {
            asked.Add(episode.Answer!.Response.Text);
            return false;
        }));

        await AskAsync(host, Query);

        Assert.Equal(["45 days"], asked);
        Assert.Empty(await Repository.ListAsync(StrategyFilter.InAllScopes));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("x", 300)]
    public async Task Whatever_a_provider_calls_its_model_the_note_is_stored(string name, int times = 1)
    {
        using var named = new Named(Expert, string.Concat(Enumerable.Repeat(name, times)));
        await using var host = Start(cascade: cascade => cascade.Expert(expert => expert.UseChatClient(named)));

        await AskAsync(host, Query);

        Assert.Null((await OnlyAsync(Repository)).ModelId);
    }

    [Fact]
    public async Task What_has_left_no_note_is_asked_for_ever_more_rarely()
    {
        Distilled = () => "NOTHING";
        await using var host = Start();
        for (var i = 0; i < 20; i++)
        {
            await AskAsync(host, Query);
        }

        Assert.Equal(5, Expert.Calls.Count(IsDistillation));
        Assert.Equal(20, LearningOf(host).Strategies.Empty);
    }

    [Fact]
    public async Task An_answer_that_has_to_do_because_the_budget_is_spent_is_counted_once()
    {
        await Repository.AddAsync(Make());
        SmallAnswers = "no idea";
        await using var host = Start(tier => tier.DeferWhen(_ => true), cascade => cascade.LimitExpertCalls(1, 1000));
        for (var i = 0; i < 10; i++)
        {
            await AskAsync(host, Query);
        }

        Assert.Equal((10, 0), (LearningOf(host).StrategyUplift.Shown.Answers, LearningOf(host).StrategyUplift.Shown.Kept));
    }

    [Fact]
    public async Task Every_kept_answer_weighs_one_in_the_mean_whether_it_was_explored_or_audited()
    {
        await Repository.AddAsync(Make());
        SmallAnswers = "45 days";
        await using var host = Start(tier => tier.Explore(0.4), cascade => cascade.Audit(0.4));
        for (var i = 0; i < 400; i++)
        {
            await AskAsync(host, Query);
        }

        Assert.InRange(LearningOf(host).StrategyUplift.Shown.Checked, 350, 450);
        Assert.InRange((await OnlyAsync(Repository)).Counters.Wins, 350, 450);
    }

    [Fact]
    public async Task Where_nothing_is_found_the_try_without_strategies_is_the_answer()
    {
        await using var host = Start(tier => tier
            .WithConfidence(response => Confidence.Measured(response.Text == "45 days" ? 0.9 : 0.2))
            .WithStrategies(strategies => strategies.SureWithoutFrom = 0.8));

        await AskAsync(host, Query);
        Assert.Single(Small.Calls);
        await AskAsync(host, Query);

        Assert.Equal(3, Small.Calls.Count);
        Assert.Equal("small", Episodes[1].Answerer!.Name);
    }

    [Fact]
    public async Task A_function_of_the_host_that_ignores_its_cancellation_holds_up_nobody_for_long()
    {
        var never = new TaskCompletionSource<bool>();
        var host = Start(cascade: cascade => cascade
            .LearnStrategies(strategies => strategies.Verify = (_, _) => new(never.Task))
            .Learn(learning => learning.DrainTimeout = TimeSpan.FromMilliseconds(50)));
        await host.GetRequiredService<IChatClient>().GetResponseAsync(Query, Options());

        await host.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_function_of_the_host_that_waits_for_itself_is_told_so()
    {
        ServiceProvider? host = null;
        host = Start(cascade: cascade => cascade.LearnStrategies(strategies => strategies.Verify = async (_, cancellationToken) =>
        {
            await LearningOf(host!).SettleAsync(cancellationToken);
            return true;
        }));
        await using var owned = host;

        await AskAsync(host, Query);

        Assert.Equal(1, LearningOf(host).Strategies.Failed);
    }

    [Fact]
    public async Task Notes_that_are_slow_hold_up_no_counting()
    {
        var gate = new TaskCompletionSource();
        await Repository.AddAsync(Make());
        SmallAnswers = "12 days";
        await using var host = Start(cascade: cascade => cascade.Audit(1).LearnStrategies(strategies => (strategies.Verify, strategies.DuplicateSimilarity, strategies.RetireBelow) = (
            async (_, _) =>
            {
                await gate.Task;
                return false;
            },
            1,
            0)));
        for (var i = 0; i < 5; i++)
        {
            await host.GetRequiredService<IChatClient>().GetResponseAsync($"{Other} {i}", Options());
        }

        for (var i = 0; i < 600 && (await OnlyAsync(Repository)).Counters.Losses < 5; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }

        Assert.Equal(5, (await OnlyAsync(Repository)).Counters.Losses);
        gate.SetResult();
    }

    [Fact]
    public async Task What_was_drawn_at_random_is_not_to_blame()
    {
        await Repository.AddAsync(Make());
        SmallAnswers = "12 days";
        await using var host = Start(tier => tier.WithStrategies(strategies => strategies.Mode = StrategyMode.Random), cascade => cascade.Audit(1));
        for (var i = 0; i < 10; i++)
        {
            await AskAsync(host, Query);
        }

        Assert.Equal((0, StrategyStatus.Active), ((await OnlyAsync(Repository)).Counters.Losses, (await OnlyAsync(Repository)).Status));
    }

    [Fact]
    public async Task The_hosts_truth_needs_no_confidence_and_an_expert_can_have_one()
    {
        await using var host = Start(cascade: cascade => cascade
            .LearnStrategies(strategies => strategies.MinimumExpertConfidence = 0.9)
            .Expert(expert => expert.WithConfidence(response => Confidence.Measured(response.Text == "45 days" ? 0.5 : 1))));
        await AskAsync(host, Query);
        Assert.Empty(await Repository.ListAsync(StrategyFilter.InAllScopes));

        await LearningOf(host).ReportAsync(Episodes[0].Id, Answer("45 days"), TruthSource.Host);
        await LearningOf(host).SettleAsync();

        Assert.Equal(Note, (await OnlyAsync(Repository)).Text);
    }

    [Fact]
    public void What_could_never_happen_is_told_at_start()
    {
        (Action<TierBuilder>? Tier, Action<CascadeBuilder>? Cascade, string Mistake)[] mistakes =
        [
            (tier => tier.UseChatClient(new ScriptedChatClient("a")).WithStrategies(strategies => strategies.SureWithoutFrom = 0.5), null, "nothing supplies its confidence"),
            (null, cascade => cascade.LearnStrategies(strategies => strategies.MinimumExpertConfidence = 0.5), "nothing supplies its confidence"),
            (null, cascade => cascade.LearnStrategies(strategies => strategies.SameAnswer = null!), "SameAnswer"),
            (null, cascade => cascade.LearnStrategies(strategies => strategies.EmbeddingPerMillion = decimal.MaxValue), "EmbeddingPerMillion"),
        ];
        foreach (var (tier, cascade, mistake) in mistakes)
        {
            using var host = Start(tier, cascade);
            Assert.Contains(mistake, Assert.ThrowsAny<Exception>(() => host.GetRequiredService<IChatClient>()).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_strategy_that_misleads_is_tried_ever_more_rarely()
    {
        // Alone it is right; a note confuses it.
        var small = new ScriptedChatClient(call => call.Messages[^1].Text.Contains("45 days", StringComparison.Ordinal) ? "12 days" : "45 days");
        await Repository.AddAsync(new Strategy(Scope, Query, Note, "expert") { Status = StrategyStatus.Quarantined });
        await using var host = Start(tier => tier.UseChatClient(small), cascade => cascade.LearnStrategies(strategies => strategies.Quarantine = true));
        for (var i = 0; i < 50; i++)
        {
            await AskAsync(host, Query);
        }

        Assert.InRange(Episodes.Count(episode => episode.Answerer!.Name == "expert"), 1, 20);
    }

    private sealed class Named(IChatClient inner, string name) : DelegatingChatClient(inner)
    {
        public override async Task<ChatResponse> GetResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
        {
            var response = await base.GetResponseAsync(messages, options, cancellationToken);
            response.ModelId = name;
            return response;
        }
    }
}
