using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

public sealed class AccountingTests
{
    private static readonly Prices _prices = new(inputPerMillion: 1, outputPerMillion: 1, perCall: 0.5m);

    private static readonly TimeSpan _moment = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task What_a_call_that_was_left_behind_costs_is_unknown()
    {
        var deaf = new ScriptedReply("Never") { NeverEnds = true, IgnoresCancellation = true };
        var tier = new Tier("small", new ScriptedGenerator(deaf), KeepAll) { Prices = _prices, Timeout = TimeSpan.FromMilliseconds(20) };
        var settings = new CascadeSettings { GraceTime = TimeSpan.FromMilliseconds(20) };

        var (_, episode) = await new Cascade([tier], Expert("Paris"), settings).RunAsync(Question);

        Assert.True(episode.Root.Children[0].IsAbandoned);
        Assert.Equal(UsageState.Unknown, episode.Root.Children[0].UsageState);
        Assert.False(episode.Root.Children[0].IsCostComplete);
        Assert.False(episode.Root.Total().IsCostComplete || episode.Root.Total().IsUsageComplete);
    }

    [Fact]
    public async Task Children_of_a_call_that_was_left_behind_are_unknown_too()
    {
        var deaf = new ScriptedReply("Never") { NeverEnds = true, IgnoresCancellation = true };
        var tier = new Tier("small", new OneMember(new ScriptedGenerator(deaf)), KeepAll) { Timeout = TimeSpan.FromMilliseconds(20) };
        var settings = new CascadeSettings { GraceTime = TimeSpan.FromMilliseconds(20) };

        var (_, episode) = await new Cascade([tier], Expert("Paris"), settings).RunAsync(Question);

        var member = Assert.Single(episode.Root.Children[0].Children);
        Assert.Equal((true, UsageState.Unknown), (member.IsAbandoned, member.UsageState));
    }

    [Fact]
    public async Task A_generator_that_records_nothing_is_not_free()
    {
        var usage = new UsageDetails { InputTokenCount = 1_000_000, OutputTokenCount = 0 };
        var reporting = await RunAsync(new Silent(usage), _prices);
        var priced = await RunAsync(new Silent(null), _prices);
        var free = await RunAsync(new Silent(null), prices: null);

        Assert.Equal((1.5m, UsageState.Reported), (reporting.Cost, reporting.UsageState));
        Assert.Equal((0.5m, UsageState.Unknown, false), (priced.Cost, priced.UsageState, priced.IsCostComplete));
        Assert.Equal((null, UsageState.None, true), (free.Cost, free.UsageState, free.IsCostComplete));
    }

    [Fact]
    public async Task A_call_that_breaks_before_it_records_anything_is_not_free()
    {
        var tier = new Tier("small", new Broken(), KeepAll) { Prices = _prices };

        var (_, episode) = await new Cascade([tier], Expert("Paris")).RunAsync(Question);

        var attempt = episode.Root.Children[0];
        Assert.Equal((0.5m, UsageState.Unknown, false), (attempt.Cost, attempt.UsageState, attempt.IsCostComplete));
    }

    [Fact]
    public async Task A_judge_that_is_left_behind_leaves_the_usage_of_the_answer_known()
    {
        var deafJudge = DeferralPolicy.Create(async (_, _, _, _) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, CancellationToken.None);
            return Verdict.Keep("never");
        });
        var tier = new Tier("small", new ScriptedGenerator(new ScriptedReply("Lyon").WithUsage(2, 1)), deafJudge)
        {
            Prices = _prices,
            Timeout = TimeSpan.FromMilliseconds(20),
        };
        var settings = new CascadeSettings { GraceTime = TimeSpan.FromMilliseconds(20) };

        var (_, episode) = await new Cascade([tier], Expert("Paris"), settings).RunAsync(Question);

        var attempt = episode.Root.Children[0];
        Assert.Equal((true, UsageState.Reported, true), (attempt.IsAbandoned, attempt.UsageState, attempt.IsCostComplete));
    }

    [Fact]
    public async Task A_model_that_a_judge_was_asking_when_it_was_left_behind_is_unknown()
    {
        var deafModel = new ScriptedGenerator(new ScriptedReply("Never") { NeverEnds = true, IgnoresCancellation = true });
        var judge = DeferralPolicy.Create(async (request, _, context, token) =>
        {
            using var attempt = context.Begin("judge", AttemptRole.Judge);
            await deafModel.GenerateAsync(request, attempt, token);
            return Verdict.Keep("never");
        });
        var tier = new Tier("small", new ScriptedGenerator(new ScriptedReply("Lyon").WithUsage(2, 1)), judge) { Timeout = _moment };

        var (_, episode) = await new Cascade([tier], Expert("Paris"), new CascadeSettings { GraceTime = _moment }).RunAsync(Question);

        var attempt = episode.Root.Children[0];
        Assert.Equal((UsageState.Reported, UsageState.Unknown), (attempt.UsageState, Assert.Single(attempt.Children).UsageState));
        Assert.False(episode.Root.Total().IsUsageComplete);
    }

    [Fact]
    public async Task A_tier_whose_policy_is_left_behind_before_the_call_has_cost_nothing()
    {
        var tier = new Tier("small", new Silent(null), new DeafDoor()) { Prices = _prices, Timeout = _moment };

        var (_, episode) = await new Cascade([tier], Expert("Paris"), new CascadeSettings { GraceTime = _moment }).RunAsync(Question);

        var attempt = episode.Root.Children[0];
        Assert.Equal((true, UsageState.None, null, true), (attempt.IsAbandoned, attempt.UsageState, attempt.Cost, attempt.IsCostComplete));
    }

    [Fact]
    public async Task A_tier_whose_time_is_over_before_the_call_and_an_expert_that_is_not_called_any_more_have_cost_nothing()
    {
        var tier = new Tier("small", new Silent(null), new SlowDoor()) { Prices = _prices };
        var expert = new Expert(new Silent(null)) { Prices = _prices };

        var exception = await Assert.ThrowsAsync<CascadeException>(async () =>
            await new Cascade([tier], expert, new CascadeSettings { Timeout = _moment }).RunAsync(Question));

        Assert.Equal(["small", "expert"], exception.Attempts.Select(attempt => attempt.Name));
        Assert.All(exception.Attempts, attempt => Assert.Equal(
            (UsageState.None, null, true), (attempt.UsageState, attempt.Cost, attempt.IsCostComplete)));
    }

    [Theory]
    [InlineData(null, null, UsageState.Unknown)]
    [InlineData(5L, null, UsageState.Partial)]
    [InlineData(5L, 6L, UsageState.Reported)]
    public async Task Half_a_usage_is_not_a_whole_one(long? input, long? output, UsageState state)
    {
        var usage = new UsageDetails { InputTokenCount = input, OutputTokenCount = output };

        var attempt = await RunAsync(new Silent(usage), _prices);

        Assert.Equal(state, attempt.UsageState);
        Assert.Equal(state == UsageState.Reported, attempt.IsCostComplete);
        Assert.True(attempt.Cost >= 0.5m);
    }

    [Fact]
    public async Task Children_of_one_name_draw_differently_and_seeds_are_unrelated()
    {
        List<ulong> seeds = [];
        var watch = DeferralPolicy.Create((_, _, context, _) =>
        {
            for (var i = 0; i < 3; i++)
            {
                using var step = context.Begin("step", AttemptRole.Step);
                seeds.Add(step.Seed("draw"));
            }

            return new(Verdict.Keep("seen"));
        });
        foreach (var (seed, key) in new[] { (0UL, "2000"), (1UL, "3000"), (0UL, "2000") })
        {
            await new Cascade([Tier("small", "Paris", watch)], Expert("x"), new CascadeSettings { Seed = seed })
                .RunAsync(Question, new CascadeRequestOptions { Key = key });
        }

        Assert.Equal(6, seeds.Distinct().Count());
        Assert.Equal(seeds[..3], seeds[6..]);
    }

    [Fact]
    public async Task Observers_hear_of_every_episode_and_those_of_a_nested_cascade_of_their_part()
    {
        List<Episode> outer = [];
        List<Episode> inner = [];
        Action<Episode> broken = _ => throw new InvalidOperationException("broken");
        var nested = new Cascade([Tier("inner-small", "Lyon", DeferAll)], Expert("Paris"), new CascadeSettings { OnEpisode = inner.Add });
        var cascade = new Cascade([new Tier("nested", nested, KeepAll)], Expert("x"), new CascadeSettings { OnEpisode = broken + outer.Add });

        await cascade.RunAsync(Question);

        Assert.Equal("nested", Assert.Single(outer).Answerer?.Name);
        Assert.Equal(("expert", outer[0].Id), (Assert.Single(inner).Answerer?.Name, inner[0].Id));
        Assert.Equal("Paris", inner[0].Answer?.Response.Text);
    }

    [Fact]
    public async Task Lines_for_logs_hold_no_text_of_the_request_or_the_answer()
    {
        var (answer, episode) = await new Cascade([], Expert("secret answer")).RunAsync(new GenerationRequest("secret question"));

        Assert.DoesNotContain("secret", $"{episode} {answer} {episode.Request} {episode.Root} {episode.Root.Children[0]}", StringComparison.Ordinal);
    }

    private static async Task<Attempt> RunAsync(IGenerator generator, Prices? prices)
    {
        var (_, episode) = await new Cascade([new Tier("small", generator, KeepAll) { Prices = prices }], Expert("x")).RunAsync(Question);
        return Assert.Single(episode.Root.Children);
    }

    private sealed class Silent(UsageDetails? usage) : IGenerator
    {
        public ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) =>
            new(new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, "Paris")) { Usage = usage }));
    }

    private sealed class DeafDoor : IDeferralPolicy
    {
        public async ValueTask<Verdict> BeforeAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
            return Verdict.NoOpinion;
        }

        public ValueTask<Verdict> AfterAsync(
            GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken) =>
            new(Verdict.Keep("open"));
    }

    // Lets the tier in once it is too late.
    private sealed class SlowDoor : IDeferralPolicy
    {
        public async ValueTask<Verdict> BeforeAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return Verdict.NoOpinion;
        }

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

    private sealed class OneMember(IGenerator member) : IGenerator
    {
        public async ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            using var attempt = context.Begin("member", AttemptRole.Member);
            return await member.GenerateAsync(request, attempt, cancellationToken);
        }
    }
}
