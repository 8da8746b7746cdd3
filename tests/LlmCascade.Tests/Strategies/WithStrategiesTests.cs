using LlmCascade.Strategies;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class WithStrategiesTests : RepositoryTest
{
    private const string Similar = "How can I return a lamp that is broken?";

    private readonly ScriptedChatClient _small = new(new ScriptedReply("45 days") { Confidence = Confidence.Measured(0.9) });
    private readonly ScriptedChatClient _expert = new("the expert's answer");
    private readonly InMemoryStrategyRepository _repository = new();
    private readonly FakeLogCollector _log = new();
    private readonly List<Episode> _episodes = [];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tier_is_shown_the_strategies_of_similar_questions_of_its_scope_and_the_expert_is_not(bool isStreaming)
    {
        await _repository.AddAllAsync([Make(), Make("Which trains go to Bern?"), Make(scope: "tenant-2")]);

        await AskAsync(tier => tier.DeferWhen(_ => true), isStreaming: isStreaming);

        var prompt = Assert.Single(_small.Calls).Messages.Single(message => message.Role == ChatRole.User).Text;
        Assert.Contains("> " + Make().Text, prompt, StringComparison.Ordinal);
        Assert.EndsWith("The question:\n" + Similar, prompt, StringComparison.Ordinal);
        Assert.DoesNotContain("Bern", prompt, StringComparison.Ordinal);
        Assert.Equal(Similar, Assert.Single(_expert.Calls).Messages[^1].Text);
        var use = Assert.Single(_episodes).Root.Children[0].Generation!.Strategies!;
        Assert.True(use.AreShown);
        Assert.Equal(Make().Id, Assert.Single(use.Matches).Strategy.Id);
        Assert.Equal([1, 0, 0], (await _repository.ListAsync(StrategyFilter.InAllScopes)).Select(each => each.Counters.Shown));
    }

    [Fact]
    public async Task Without_a_scope_nothing_is_read()
    {
        await _repository.AddAllAsync([Make(), Make(scope: "single-tenant")]);

        await AskAsync(scope: null);

        Assert.Equal(Similar, Assert.Single(_small.Calls).Messages[^1].Text);
        Assert.Null(_episodes[0].Answer!.Strategies);
    }

    [Fact]
    public async Task A_single_tenant_needs_no_scope_and_may_name_one()
    {
        await _repository.AddAllAsync([Make(scope: "single-tenant"), Make()]);

        await AskAsync(cascade: cascade => cascade.SingleTenant(), scope: null);
        await AskAsync(cascade: cascade => cascade.SingleTenant());

        Assert.Equal(["single-tenant", Scope], _episodes.Select(episode => Assert.Single(episode.Answer!.Strategies!.Matches).Strategy.Scope));
    }

    [Fact]
    public async Task A_repository_that_fails_costs_the_strategies_and_not_the_answer()
    {
        foreach (var broken in (BrokenRepository[])[new(FindFails: true), new(FindFails: false)])
        {
            await AskAsync(repository: broken);
        }

        Assert.Equal(["45 days", "45 days"], _episodes.Select(episode => episode.Answer!.Response.Text));
        Assert.Equal([0, 1], _episodes.Select(episode => episode.Answer!.Strategies!.Matches.Count));
        Assert.Equal([19, 20], _log.GetSnapshot().Where(record => record.Level == LogLevel.Warning).Select(record => record.Id.Id));
    }

    [Fact]
    public async Task The_random_control_shows_as_many_from_all_of_the_scope()
    {
        await _repository.AddAllAsync([Make(), .. Enumerable.Range(0, 50).Select(i => Make($"unrelated {i}")), Make(scope: "tenant-2")]);
        for (var i = 0; i < 40; i++)
        {
            await AskAsync(tier => tier.WithStrategies(strategies => strategies.Mode = StrategyMode.Random), key: $"{i}");
        }

        var shown = _episodes.Select(episode => Assert.Single(episode.Answer!.Strategies!.Matches).Strategy).ToArray();
        Assert.All(shown, strategy => Assert.Equal(Scope, strategy.Scope));
        Assert.InRange(shown.DistinctBy(strategy => strategy.Id).Count(), 15, 40);
        Assert.InRange(shown.Count(strategy => strategy.Query == Query), 0, 8);
    }

    [Fact]
    public async Task With_the_mode_none_nobody_is_asked()
    {
        await AskAsync(tier => tier.WithStrategies(strategies => strategies.Mode = StrategyMode.None), repository: new BrokenRepository(FindFails: true));

        Assert.Null(_episodes[0].Answer!.Strategies);
        Assert.DoesNotContain(_log.GetSnapshot(), record => record.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_share_of_the_requests_for_which_something_was_found_is_answered_without_it()
    {
        await _repository.AddAsync(Make());
        for (var i = 0; i < 200; i++)
        {
            await AskAsync(tier => tier.WithStrategies(strategies => strategies.HoldOutShare = 0.25), key: $"{i}");
        }

        var heldOut = _episodes.Count(episode => episode.Answer!.Strategies!.IsHeldOut);
        Assert.InRange(heldOut, 30, 70);
        Assert.Equal(heldOut, _small.Calls.Count(call => call.Messages[^1].Text == Similar));
        Assert.All(_episodes, episode => Assert.Single(episode.Answer!.Strategies!.Matches));
        Assert.Equal(200 - heldOut, (await OnlyAsync(_repository)).Counters.Shown);
    }

    [Theory]
    [InlineData(0.85, 1)]
    [InlineData(0.95, 2)]
    public async Task A_tier_that_is_sure_without_strategies_is_asked_once(double sureFrom, int calls)
    {
        await _repository.AddAsync(Make());

        await AskAsync(tier => tier.WithStrategies(strategies => strategies.SureWithoutFrom = sureFrom).Costs(perCall: 3));

        Assert.Equal(calls, _small.Calls.Count);
        Assert.Equal(calls == 2, _episodes[0].Answer!.Strategies?.AreShown ?? false);
        var tier = _episodes[0].Root.Children[0];
        Assert.Equal(3m * calls, tier.Total().Cost);
        Assert.True(tier.Total().IsCostComplete);
        Assert.Equal(calls == 1 ? "sure-without" : "unsure-without", Assert.Single(tier.Children).Verdict.Reason);
    }

    [Fact]
    public async Task A_repository_that_hangs_costs_the_strategies_and_not_the_answer()
    {
        var repository = new HangingRepository();
        var time = new FakeTimeProvider();
        var services = Services(null, null, repository);
        services.AddSingleton<TimeProvider>(time);
        await using var provider = services.BuildServiceProvider();

        var answer = provider.GetRequiredService<IChatClient>().GetResponseAsync(Similar, new ChatOptions().WithCascade(request => request.Scope(Scope)));
        await repository.Asked.Task;
        time.Advance(TimeSpan.FromSeconds(6));

        Assert.Equal("45 days", (await answer).Text);
        Assert.Equal(Similar, Assert.Single(_small.Calls).Messages[^1].Text);
    }

    [Fact]
    public async Task The_container_may_hold_the_repository()
    {
        await _repository.AddAsync(Make());
        var services = Services(null, null, null);
        services.AddSingleton<IStrategyRepository>(_repository);
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<IChatClient>().GetResponseAsync(Similar, new ChatOptions().WithCascade(request => request.Scope(Scope)));

        Assert.True(_episodes[0].Answer!.Strategies!.AreShown);
    }

    [Fact]
    public async Task Without_a_repository_and_with_wrong_options_the_cascade_does_not_start()
    {
        await using var none = Services(null, null, null).BuildServiceProvider();
        await using var wrong = Services(
            tier => tier.WithStrategies(strategies => (strategies.Count, strategies.MinimumSimilarity, strategies.HoldOutShare, strategies.MaxCharacters, strategies.SureWithoutFrom) = (0, 2, -1, 0, 0)),
            null,
            _repository).BuildServiceProvider();

        var missing = Assert.ThrowsAny<Exception>(() => none.GetRequiredService<IChatClient>());
        var mistakes = Assert.ThrowsAny<Exception>(() => wrong.GetRequiredService<IChatClient>());

        Assert.Contains("'small' reads strategies, and nobody says where they are kept", missing.Message, StringComparison.Ordinal);
        Assert.All(
            (string[])["Count: 0", "MinimumSimilarity: 2", "HoldOutShare: -1", "MaxCharacters: 0", "SureWithoutFrom: 0"],
            mistake => Assert.Contains($"Tier 'small', .WithStrategies(…): {mistake}", mistakes.Message, StringComparison.Ordinal));
    }

    private async Task AskAsync(
        Action<TierBuilder>? tier = null,
        Action<CascadeBuilder>? cascade = null,
        IStrategyRepository? repository = null,
        string? scope = Scope,
        string? key = null,
        bool isStreaming = false)
    {
        await using var provider = Services(tier, cascade, repository ?? _repository).BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();
        var options = new ChatOptions().WithCascade(request =>
        {
            _ = scope is null ? request : request.Scope(scope);
            _ = key is null ? request : request.Key(key);
        });
        ChatMessage[] messages = [new(ChatRole.System, "Be brief."), new(ChatRole.User, Similar)];
        await (isStreaming ? client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync() : client.GetResponseAsync(messages, options));
    }

    private ServiceCollection Services(Action<TierBuilder>? tier, Action<CascadeBuilder>? cascade, IStrategyRepository? repository)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(_log)));
        services.AddChatClient(_expert);
        services.AddLlmCascade(builder =>
        {
            builder.OnEpisode(_episodes.Add).AddTier("small", small =>
            {
                small.UseChatClient(_small).WithConfidence(_ => Confidence.Measured(0.9)).KeepWhenValid().WithStrategies(strategies => strategies.MinimumSimilarity = 0.3);
                tier?.Invoke(small);
            });
            if (repository is not null)
            {
                builder.UseStrategies(repository);
            }

            cascade?.Invoke(builder);
        });
        return services;
    }

    private sealed class BrokenRepository(bool FindFails) : IStrategyRepository
    {
        public ValueTask<IReadOnlyList<StrategyMatch>> FindAsync(StrategyQuery query, CancellationToken cancellationToken) =>
            FindFails ? throw new IOException("down") : new([new StrategyMatch(Make(), 1)]);

        public ValueTask RecordAsync(StrategyOutcome outcome, CancellationToken cancellationToken) => throw new IOException("down");

        public ValueTask<bool> AddAsync(Strategy strategy, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<int> DeleteAsync(StrategyFilter filter, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    // It ignores its cancellation as well.
    private sealed class HangingRepository : IStrategyRepository
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueTask<IReadOnlyList<StrategyMatch>> FindAsync(StrategyQuery query, CancellationToken cancellationToken)
        {
            Asked.SetResult();
            return new(new TaskCompletionSource<IReadOnlyList<StrategyMatch>>().Task);
        }

        public ValueTask RecordAsync(StrategyOutcome outcome, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<bool> AddAsync(Strategy strategy, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<int> DeleteAsync(StrategyFilter filter, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
