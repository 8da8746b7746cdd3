using LlmCascade.Chat;
using LlmCascade.Strategies;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.Strategies;

/// <summary>Directions and accounting in a simulation, on the mean of twenty seeds. What it says about savings is not advertised.</summary>
public sealed class StrategySimulationTests
{
    private const int Seeds = 20;
    private const int FittedOn = 200;
    private const double Disagreement = 0.10;

    [Fact]
    public async Task Strategies_save_calls_of_the_expert_at_no_loss_and_random_ones_do_not()
    {
        var (none, retrieved, random) = (new Mean(), new Mean(), new Mean());
        for (var seed = 0; seed < Seeds; seed++)
        {
            var world = new StrategySimulation(seed);
            var threshold = await FitAsync(world);
            none.Add(await RunAsync(world, threshold, StrategyMode.None));
            retrieved.Add(await RunAsync(world, threshold, StrategyMode.Retrieved));
            random.Add(await RunAsync(world, threshold, StrategyMode.Random));
        }

        TestContext.Current.SendDiagnosticMessage($"none {none}, retrieved {retrieved}, random {random}");
        Assert.True(retrieved.ExpertCalls < 0.9 * none.ExpertCalls, $"{retrieved} against {none}");
        Assert.True(retrieved.Right >= none.Right, $"{retrieved} against {none}");
        Assert.True(random.ExpertCalls > retrieved.ExpertCalls && random.Right < retrieved.Right, $"{random} against {retrieved}");
    }

    [Fact]
    public async Task Where_no_question_repeats_its_family_strategies_do_no_harm()
    {
        var (none, retrieved) = (new Mean(), new Mean());
        for (var seed = 0; seed < Seeds; seed++)
        {
            var world = new StrategySimulation(seed, questions: 500, familiesRepeat: false);
            var threshold = await FitAsync(world);
            none.Add(await RunAsync(world, threshold, StrategyMode.None));
            retrieved.Add(await RunAsync(world, threshold, StrategyMode.Retrieved));
        }

        Assert.InRange(retrieved.Right, none.Right - 0.01, 1);
        Assert.InRange(retrieved.Shown, 0, 0.02 * 500);
    }

    [Fact]
    public async Task Of_three_models_both_cheaper_ones_learn_from_the_expert()
    {
        var (none, retrieved) = (new Mean(), new Mean());
        for (var seed = 0; seed < Seeds / 4; seed++)
        {
            var world = new StrategySimulation(seed, questions: 1000);
            var threshold = await FitAsync(world);
            none.Add(await RunAsync(world, threshold, StrategyMode.None, hasMiddle: true));
            retrieved.Add(await RunAsync(world, threshold, StrategyMode.Retrieved, hasMiddle: true));
        }

        TestContext.Current.SendDiagnosticMessage($"three models: none {none}, retrieved {retrieved}");
        Assert.True(retrieved.ExpertCalls < 0.9 * none.ExpertCalls, $"{retrieved} against {none}");
        Assert.True(retrieved.MiddleCalls < 0.9 * none.MiddleCalls, $"{retrieved} against {none}");
        Assert.True(retrieved.Right >= none.Right, $"{retrieved} against {none}");
        Assert.All(retrieved.All.Concat(none.All), each => Assert.Equal(each.PaidCalls, each.ExpertCalls + each.Notes + each.WeakCalls + each.MiddleCalls));
    }

    [Fact]
    public async Task All_runs_share_their_draws_and_every_call_is_accounted_for()
    {
        var world = new StrategySimulation(seed: 3, questions: 300);
        var again = new StrategySimulation(seed: 3, questions: 300);
        Assert.Equal(world.Questions, again.Questions);

        var first = await RunAsync(world, 0.6, StrategyMode.Retrieved);
        var second = await RunAsync(again, 0.6, StrategyMode.Retrieved);

        Assert.Equal(first, second);
        Assert.Equal(first.PaidCalls, first.ExpertCalls + first.Notes + first.WeakCalls);
        Assert.Equal(300, first.WeakCalls);
    }

    // The lowest threshold with which the tier alone disagrees with the expert on no more than a tenth of what it keeps.
    private static async Task<double> FitAsync(StrategySimulation world)
    {
        var (weak, expert) = (world.CreateWeakModel(), world.CreateExpert());
        var measured = new List<(double Confidence, bool Agrees)>();
        for (var i = 0; i < Math.Min(FittedOn, world.Questions.Count); i++)
        {
            var draft = await weak.GetResponseAsync(world.Questions[i]);
            var truth = await expert.GetResponseAsync(world.Questions[i]);
            var tokens = weak.GetService<TokenLogProbabilityReader>()!(draft.RawRepresentation!)!;
            measured.Add((Math.Exp(tokens.Average(token => token.LogProbability)), draft.Text == truth.Text));
        }

        var (kept, wrong, threshold) = (0, 0, 1.0);
        foreach (var (confidence, agrees) in measured.OrderByDescending(each => each.Confidence))
        {
            kept++;
            wrong += agrees ? 0 : 1;
            threshold = wrong <= Disagreement * kept ? confidence : threshold;
        }

        return threshold;
    }

    private static async Task<Outcome> RunAsync(StrategySimulation world, double threshold, StrategyMode mode, bool hasMiddle = false)
    {
        List<Episode> episodes = [];
        var paid = 0;
        var (weak, middle, expert) = (world.CreateWeakModel(), world.CreateMiddleModel(), world.CreateExpert());
        var services = new ServiceCollection();
        services.AddChatClient(expert);
        services.AddLlmCascade(cascade =>
        {
            cascade.UseStrategies(new InMemoryStrategyRepository())
                .SingleTenant()
                .LearnStrategies()
                .ExpertCosts(perCall: 1)
                .OnEpisode(episodes.Add)
                .OnAddendum(addendum => paid += (int)addendum.Root.Total().Cost);
            foreach (var model in hasMiddle ? [weak, middle] : (ScriptedChatClient[])[weak])
            {
                cascade.AddTier(model == weak ? "weak" : "middle", tier => tier
                    .UseChatClient(model)
                    .WithTokenConfidence()
                    .DeferBelow(threshold)
                    .Costs(perCall: 1)
                    .WithStrategies(strategies => strategies.Mode = mode));
            }
        });
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();
        var learning = provider.GetRequiredService<CascadeLearning>();
        var right = 0;
        for (var i = 0; i < world.Questions.Count; i++)
        {
            right += world.IsRight(i, (await client.GetResponseAsync(world.Questions[i])).Text) ? 1 : 0;
            await learning.SettleAsync();
        }

        paid += (int)episodes.Sum(episode => episode.Root.Total().Cost);
        var notes = (int)(learning.Strategies.Distilled + learning.Strategies.Failed);
        return new Outcome(
            episodes.Count(episode => episode.Answerer!.Role == AttemptRole.Expert),
            (double)right / world.Questions.Count,
            episodes.Count(episode => episode.Root.Children[0].Generation?.Strategies is { AreShown: true }),
            notes,
            weak.Calls.Count,
            middle.Calls.Count,
            paid);
    }

    private sealed record Outcome(int ExpertCalls, double Right, int Shown, int Notes, int WeakCalls, int MiddleCalls, int PaidCalls);

    private sealed class Mean
    {
        private readonly List<Outcome> _all = [];

        public IEnumerable<Outcome> All => _all;

        public double MiddleCalls => _all.Average(each => each.MiddleCalls);

        public double ExpertCalls => _all.Average(each => each.ExpertCalls);

        public double Right => _all.Average(each => each.Right);

        public double Shown => _all.Average(each => each.Shown);

        public void Add(Outcome outcome) => _all.Add(outcome);

        public override string ToString() => FormattableString.Invariant($"{ExpertCalls:0} calls, {Right:P1} right, {Shown:0} shown");
    }
}
