using LlmCascade.Evaluation;
using LlmCascade.Tests.Students;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

/// <summary>The methods that learn, over a stream that can be learned.</summary>
public sealed class CascadeMethodTests
{
    private const int Items = 1500;

    private static readonly RecordedStream _stream = Make(seed: 1);

    [Theory]
    [InlineData(ReplayDeferral.Calibrated)]
    [InlineData(ReplayDeferral.MaxProb)]
    [InlineData(ReplayDeferral.Entropy)]
    public async Task The_budget_is_spent_to_the_last_call_and_beats_chance(ReplayDeferral deferral)
    {
        var report = await Replay.RunAsync(_stream, Calls(300) with { Deferral = deferral });

        Assert.Equal(300, report.ExpertCalls);
        Assert.True(report.Accuracy > report.Baselines.RandomAtEqualCalls, $"{report.Accuracy} is not above {report.Baselines.RandomAtEqualCalls}.");
        Assert.Equal(300, Items - Assert.Single(report.Tiers).Answered);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(50)]
    [InlineData(Items)]
    public async Task Every_budget_is_kept_also_one_that_is_spent_before_the_student_can_predict_anything(int calls) =>
        Assert.Equal(calls, (await Replay.RunAsync(_stream, Calls(calls))).ExpertCalls);

    [Fact]
    public async Task Paper_mode_stops_asking_when_mu_says_so_and_never_asks_more_than_the_budget()
    {
        var cheap = await Replay.RunAsync(_stream, Calls(Items) with { Mode = ReplayMode.Paper, Mu = 1e-6 });
        var dear = await Replay.RunAsync(_stream, Calls(Items) with { Mode = ReplayMode.Paper, Mu = 1e-2 });
        var capped = await Replay.RunAsync(_stream, Calls(200) with { Mode = ReplayMode.Paper, Mu = 1e-6 });

        Assert.True(cheap.ExpertCalls > dear.ExpertCalls, $"{cheap.ExpertCalls} calls at a small mu, {dear.ExpertCalls} at a large one.");
        Assert.InRange(dear.ExpertCalls, 80, Items / 2);
        Assert.Equal(200, capped.ExpertCalls);
    }

    [Theory]
    [InlineData(ReplayMode.Default, 30)]
    [InlineData(ReplayMode.Default, 500)]
    [InlineData(ReplayMode.Paper, 600)]
    public async Task The_average_regret_falls(ReplayMode mode, int calls)
    {
        var report = await Replay.RunAsync(_stream, Calls(calls) with { Mode = mode, Seeds = 3 });

        var regret = report.Regret!.Select(point => point.AverageRegret).ToList();
        Assert.Equal(10, regret.Count);
        Assert.True(regret[^1] < regret[0], string.Join(", ", regret));
    }

    [Theory]
    [InlineData("isear", 1200)]
    [InlineData("hatespeech", 600)]
    public async Task The_average_regret_falls_along_recorded_streams(string name, int calls)
    {
        var file = RepositoryRoot.Shared($"streams/{name}.tsv.gz");
        Assert.SkipUnless(File.Exists(file), $"{file} is not there.");
        var stream = RecordedStream.Load(file, "text", "gold", "gpt35", order: RepositoryRoot.Shared($"streams/{name}-tuning-order.txt.gz"));

        var regret = (await Replay.RunAsync(stream, Calls(calls))).Regret!.Select(point => point.AverageRegret).ToList();

        Assert.True(regret[^1] < 0.7 * regret[0], string.Join(", ", regret));
    }

    [Fact]
    public async Task A_student_leaves_to_the_next_one_what_that_knows_better_and_answers_itself_what_that_knows_no_better()
    {
        var coin = new ReplayTier("coin", student => student.Create = (labels, _) => new FixedStudent(labels, [0.6, .. Enumerable.Repeat(0.4 / (labels.Labels.Length - 1), labels.Labels.Length - 1)]));
        var options = Calls(300) with { ExpertCost = 10 };

        var worse = await Replay.RunAsync(_stream, options with { Tiers = [coin, ReplayTier.LogisticRegression] });
        var better = await Replay.RunAsync(_stream, options with { Tiers = [ReplayTier.LogisticRegression, coin] });

        Assert.InRange(worse.Tiers[0].Answered, 0, 100);
        Assert.InRange(better.Tiers[0].Answered, Items / 2, Items);
        Assert.True(better.Cost.Inference < worse.Cost.Inference + (0.2 * Items), $"{better.Cost.Inference} and {worse.Cost.Inference}");
    }

    [Fact]
    public async Task A_distilled_student_pays_for_its_training_alone()
    {
        var report = await Replay.RunAsync(_stream, Calls(400) with { Method = ReplayMethod.Distilled, Training = Make(seed: 2) });

        Assert.Equal(400, report.ExpertCalls);
        Assert.Equal(Items, Assert.Single(report.Tiers).Answered);
        Assert.InRange(report.Accuracy, 0.85, 1);
    }

    [Fact]
    public async Task An_ensemble_is_worse_than_choosing()
    {
        var ensemble = await Replay.RunAsync(_stream, Calls(400) with { Method = ReplayMethod.Ensemble, Seeds = 3 });
        var cascade = await Replay.RunAsync(_stream, Calls(400));

        Assert.Equal(400, ensemble.ExpertCalls);
        Assert.True(cascade.Accuracy > ensemble.Accuracy, $"{cascade.Accuracy} is not above {ensemble.Accuracy}.");
    }

    [Fact]
    public async Task Equal_seeds_give_equal_runs_to_the_last_digit()
    {
        var one = await Replay.RunAsync(_stream, Calls(300) with { Seed = 5 });
        var other = await Replay.RunAsync(_stream, Calls(300) with { Seed = 5 });

        Assert.Equal((one with { Seconds = 0 }).ToJson(), (other with { Seconds = 0 }).ToJson());
    }

    private static ReplayOptions Calls(int calls) => new(ReplayBudget.Calls(calls));

    // The expert is wrong about every twelfth item, and unparsed at every fiftieth.
    internal static RecordedStream Make(ulong seed)
    {
        var source = new MadeUpTexts(seed, "good", "bad");
        return new RecordedStream(OnlineCascadeTests.Make(Items, source).Select((each, i) => new RecordedItem(
            each.Text, each.Label, i % 50 == 0 ? null : i % 12 == 0 ? source.Labels.First(label => label != each.Label) : each.Label)));
    }
}
