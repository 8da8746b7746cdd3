using System.Globalization;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Escalation;

public sealed class ConcurrencyTests
{
    private const int Requests = 10_000;

    [Fact]
    public async Task Ten_thousand_requests_at_once_each_get_their_own_episode_and_exact_totals()
    {
        var cascade = new Cascade(
            [
                new Tier("small", Echo(inputTokens: 1), DeferralPolicy.KeepWhen((request, _) => Number(request) % 3 == 0))
                {
                    Prices = new Prices(1_000_000, 0),
                },
            ],
            new Expert(Echo(inputTokens: 100)) { Prices = new Prices(1_000_000, 0) });

        var results = await Task.WhenAll(Enumerable.Range(0, Requests).Select(i => Task.Run(async () =>
            await cascade.RunAsync(new GenerationRequest(i.ToString(CultureInfo.InvariantCulture))))));

        Assert.Equal(Requests, results.Select(result => result.Episode.Id).Distinct().Count());
        Assert.Equal(Requests, results.Select(result => result.Episode.Key).Distinct().Count());
        for (var i = 0; i < Requests; i++)
        {
            var (answer, episode) = results[i];
            var expected = i % 3 == 0 ? 1 : 101;
            Assert.Equal(i, int.Parse(answer.Response.Text, CultureInfo.InvariantCulture));
            Assert.Equal(i % 3 == 0 ? 1 : 2, episode.Root.Children.Length);
            Assert.Equal(expected, episode.Root.Total().Usage.InputTokenCount);
            Assert.Equal(expected, episode.Root.Total().Cost);
            Assert.True(episode.Root.Total() is { IsUsageComplete: true, IsCostComplete: true });
        }
    }

    [Fact]
    public async Task Draws_repeat_for_a_seed_and_a_key_whatever_else_runs()
    {
        var alone = await DrawAsync(seed: 7, isConcurrent: false);
        var crowded = await DrawAsync(seed: 7, isConcurrent: true);
        var otherwise = await DrawAsync(seed: 8, isConcurrent: false);

        Assert.Equal(alone, crowded);
        Assert.NotEqual(alone, otherwise);
        Assert.InRange(alone.Count(isExplored => isExplored), 400, 600);
    }

    [Fact]
    public async Task Calls_issued_in_one_order_repeat_in_whatever_order_they_finish()
    {
        var forward = await IssueAsync(i => i);
        var backward = await IssueAsync(i => 1000 - i);

        Assert.Equal(forward, backward);

        static async Task<bool[]> IssueAsync(Func<int, int> delay)
        {
            var generator = new ScriptedGenerator(request =>
                new ScriptedReply("Paris") { Delay = TimeSpan.FromMicroseconds(delay(Number(request)) * 50) });
            var cascade = Exploring(generator, seed: 3);
            List<Task<CascadeResult>> runs = [];
            for (var i = 0; i < 1000; i++)
            {
                runs.Add(cascade.RunAsync(new GenerationRequest(i.ToString(CultureInfo.InvariantCulture))).AsTask());
            }

            return [.. (await Task.WhenAll(runs)).Select(IsExplored)];
        }
    }

    [Fact]
    public async Task Members_of_one_attempt_may_report_at_once()
    {
        var cascade = new Cascade([new Tier("crowd", new Crowd(), KeepAll) { Prices = new Prices(1_000_000, 0) }], Expert("x"));

        var (_, episode) = await cascade.RunAsync(Question);

        Assert.Equal(200, episode.Root.Children[0].Children.Length);
        Assert.Equal(200, episode.Root.Total().Usage.InputTokenCount);
    }

    private static async Task<bool[]> DrawAsync(ulong seed, bool isConcurrent)
    {
        var cascade = Exploring(new ScriptedGenerator("Paris"), seed);
        var results = new bool[1000];
        async Task RunAsync(int i) => results[i] = IsExplored(await cascade.RunAsync(
            Question, new CascadeRequestOptions { Key = i.ToString(CultureInfo.InvariantCulture) }));
        if (isConcurrent)
        {
            await Parallel.ForAsync(0, results.Length, async (i, _) => await RunAsync(i));
        }
        else
        {
            for (var i = 0; i < results.Length; i++)
            {
                await RunAsync(i);
            }
        }

        return results;
    }

    private static Cascade Exploring(IGenerator generator, ulong seed) => new(
        [new Tier("small", generator, new ExplorationPolicy(KeepAll, 0.5))], Expert("x"), new CascadeSettings { Seed = seed });

    private static bool IsExplored(CascadeResult result) =>
        result.Episode.Root.Children[0].Verdict.Reason == DeferralReasons.Explored;

    private static int Number(GenerationRequest request) => int.Parse(request.Query, CultureInfo.InvariantCulture);

    private static ScriptedGenerator Echo(int inputTokens) =>
        new(request => new ScriptedReply(request.Query).WithUsage(inputTokens, 0));

    private sealed class Crowd : IGenerator
    {
        private readonly ScriptedGenerator _member = new(new ScriptedReply("Paris").WithUsage(1, 0));

        public async ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            var answers = new Generation[200];
            await Parallel.ForAsync(0, answers.Length, cancellationToken, async (i, token) =>
            {
                using var member = context.Begin($"member-{i}", AttemptRole.Member);
                answers[i] = await _member.GenerateAsync(request, member, token);
                member.Answered(answers[i]);
            });
            return answers[0];
        }
    }
}
