using LlmCascade.Agreement;
using LlmCascade.Evaluation;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class AgreementReplayTests : IDisposable
{
    private static readonly AgreementReplayOptions _options = new(["a", "b", "c"], "t") { Measure = SimilarityMeasure.SameConclusion };

    private static readonly Dictionary<string, double> _costs = new() { ["a"] = 2, ["b"] = 1, ["c"] = 3, ["t"] = 100 };

    private readonly TemporaryFiles _files = new();

    private readonly RecordedAnswers _byHand;

    public AgreementReplayTests() => _byHand = RecordedAnswers.Load(_files.Write("answers.jsonl", Answered.ByHand));

    public void Dispose() => _files.Dispose();

    // b speaks for three that tie, being the cheapest: the third prompt is wrong, and one of two equally urgent ones.
    [Fact]
    public async Task Prompts_with_least_agreement_are_deferred_first_and_ties_count_by_expectation()
    {
        var report = await AgreementReplay.RunAsync(_byHand, _options with { Costs = _costs });

        Assert.Equal(101, report.Points.Count);
        Assert.Equal([0.75, 0.875, 1, 1, 1], Qualities(report.Points, 0, 25, 50, 75, 100), Near);
        Assert.Equal(0.76, report.Points[2].Quality, 1e-12);
        Assert.Equal(0.0625, report.AreaAboveRandom.Value, 1e-12);
        Assert.False(report.IsCalibrated);
        Assert.Equal("conclusion-v1", report.Measure);
    }

    [Fact]
    public async Task Costs_are_shares_of_the_target()
    {
        var report = await AgreementReplay.RunAsync(_byHand, _options with { Costs = _costs });

        Assert.Equal([0.06, 0.31, 1.06], new[] { 0, 25, 100 }.Select(i => report.Points[i].Cost!.Value), Near);
        Assert.Equal(0.75 + (0.34 / 2), report.QualityAtCost40!.Value, 1e-12);
        Assert.Equal(0.56, report.LowestCostAtTargetQuality!.Value, 1e-12);
        Assert.Equal(0.5, report.LowestDeferralAtTargetQuality, 1e-12);
        Assert.Equal(0.94, report.BreakEvenDeferralRate!.Value, 1e-12);
        Assert.Equal([0.02, 0.01, 0.03], report.Baselines.AlwaysMember.Select(each => each.Cost!.Value), Near);
        Assert.Equal(1, report.Baselines.AlwaysTarget.Cost);
    }

    [Fact]
    public async Task Members_answer_side_by_side_or_one_after_the_other()
    {
        var report = await AgreementReplay.RunAsync(_byHand, _options with { Latencies = new Dictionary<string, double> { ["a"] = 10, ["b"] = 20, ["c"] = 30, ["t"] = 100 } });

        Assert.Equal((30, 30, 60, 60), Latencies(report.Points[0]));
        Assert.Equal((30, 30, 60, 60), Latencies(report.Points[5]));
        Assert.Equal((30, 130, 60, 160), Latencies(report.Points[6]));
        Assert.Equal((30, 130, 60, 160), Latencies(report.Points[50]));
        Assert.Equal((130, 130, 160, 160), Latencies(report.Points[51]));
        Assert.Equal(0.45, report.Points[25].LatencyReduction!.Value, 1e-12);
        Assert.Equal(100, report.Baselines.AlwaysTarget.Latency);

        static (double?, double?, double?, double?) Latencies(AgreementPoint point) =>
            (point.LatencyP50, point.LatencyP95, point.SequentialLatencyP50, point.SequentialLatencyP95);
    }

    [Fact]
    public async Task What_is_not_known_is_null_and_never_0()
    {
        var report = await AgreementReplay.RunAsync(_byHand, _options);

        Assert.Null(report.QualityAtCost40);
        Assert.Null(report.LowestCostAtTargetQuality);
        Assert.Null(report.BreakEvenDeferralRate);
        Assert.All(report.Points, point => Assert.Equal((null, null, null, null), (point.Cost, point.LatencyP50, point.LatencyReduction, point.Bleu)));
        Assert.Contains("\"qualityAtCost40\":null", report.ToJson(), StringComparison.Ordinal);
        Assert.Contains("\"cost\":null", report.ToJson(), StringComparison.Ordinal);
        Assert.Contains("\"groups\":null", report.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Members_that_cost_more_than_40_percent_of_the_target_have_no_quality_at_that_cost()
    {
        var report = await AgreementReplay.RunAsync(_byHand, _options with { Costs = new Dictionary<string, double> { ["a"] = 20, ["b"] = 20, ["c"] = 20, ["t"] = 100 } });

        Assert.Null(report.QualityAtCost40);
        Assert.Equal(0.4, report.BreakEvenDeferralRate!.Value, 1e-12);
    }

    [Fact]
    public async Task Baselines_use_the_same_answers()
    {
        var baselines = (await AgreementReplay.RunAsync(_byHand, _options with { Costs = _costs })).Baselines;

        Assert.Equal([0.5, 0.75, 0.5], baselines.AlwaysMember.Select(each => each.Quality.Value));
        Assert.Equal(("t", 1), (baselines.AlwaysTarget.Name, baselines.AlwaysTarget.Quality.Value));
        Assert.Equal("spoken", baselines.RandomKeeps);
        Assert.Equal([0.75, 0.8125, 0.875, 1], Qualities(baselines.Random, 0, 25, 50, 100), Near);
        Assert.Equal([0.75, 1, 1, 1], Qualities(baselines.Length, 0, 25, 50, 100), Near);
        Assert.Equal([0.75, 1, 1, 1], Qualities(baselines.Oracle, 0, 25, 50, 100), Near);
        Assert.Equal([0.75, 0.875, 1, 1], Qualities(baselines.Majority!, 0, 25, 50, 100), Near);
    }

    [Fact]
    public async Task Hindsight_never_does_worse()
    {
        var report = await AgreementReplay.RunAsync(Answered.Noise(60, 3), _options with { Measure = null });

        Assert.All(report.Points.Zip(report.Baselines.Oracle), pair => Assert.True(pair.First.Quality <= pair.Second.Quality + 1e-12));
        Assert.All(report.Points, point => Assert.InRange(point.Quality, point.Low, point.High));
    }

    [Fact]
    public async Task A_plain_majority_is_compared_with_where_answers_come_to_numbers()
    {
        var same = await AgreementReplay.RunAsync(_byHand, _options with { Costs = _costs });
        var other = await AgreementReplay.RunAsync(Texts("the cat sat on the mat and slept", "a dog was running through the green park"), _options);

        Assert.Equal([0.15, 0.43, 0.60], same.AgainstMajority!.Select(each => each.Kept), Near);
        Assert.Equal([1, 1, 0.95], same.AgainstMajority!.Select(each => each.Majority), Near);
        Assert.All(same.AgainstMajority!, each => Assert.Equal(new AgreementEstimate(0, 0, 0), each.Difference));
        Assert.Null(other.AgainstMajority);
        Assert.Null(other.Baselines.Majority);
    }

    [Fact]
    public async Task Of_several_that_tie_the_length_closest_to_the_median_speaks_then_the_cheapest_then_the_first()
    {
        var lengths = Texts("A: 1", "A: 10000", "A: 20");
        var options = _options with { Measure = SimilarityMeasure.SameConclusion };

        Assert.Equal(3, (await AgreementReplay.RunAsync(lengths, options)).Points[0].Quality);
        Assert.Equal(1, (await AgreementReplay.RunAsync(Texts("A: 1", "A: 2", "A: 3"), options)).Points[0].Quality);
        Assert.Equal(2, (await AgreementReplay.RunAsync(Texts("A: 1", "A: 2", "A: 3"), options with { Costs = _costs })).Points[0].Quality);
    }

    [Fact]
    public async Task The_default_learns_who_is_right_where_nobody_agrees()
    {
        var data = Answered.Of(40, i => ((1, 0), (2, 1), (3, 0), 1));

        Assert.Equal(1, (await AgreementReplay.RunAsync(data, _options with { Measure = null })).Points[0].Quality);
        Assert.Equal(0, (await AgreementReplay.RunAsync(data, _options)).Points[0].Quality);
    }

    // Whenever a and b agree the answer is wrong; that c agrees with somebody says nothing.
    [Fact]
    public async Task The_default_learns_that_agreement_of_some_members_is_no_good_sign()
    {
        var data = Answered.Of(200, i => i % 2 == 0 ? ((1, 0), (1, 0), (2, 0), 1) : ((1, 1), (2, 0), (1, 1), 1));

        var report = await AgreementReplay.RunAsync(data, _options with { Measure = null });

        Assert.True(report.IsCalibrated);
        Assert.Equal(1, report.Points[50].Quality, 1e-9);
        Assert.True(report.AreaAboveRandom.Low > 0, report.AreaAboveRandom.ToString());
        Assert.Equal(10, report.Folds);
    }

    [Fact]
    public async Task On_noise_the_default_is_no_better_than_chance()
    {
        var held = 0;
        for (ulong seed = 0; seed < 20; seed++)
        {
            var area = (await AgreementReplay.RunAsync(Answered.Noise(120, seed), _options with { Measure = null, Seed = seed })).AreaAboveRandom;
            held += area.Low <= 0.02 ? 1 : 0;
        }

        Assert.InRange(held, 18, 20);
    }

    [Fact]
    public async Task A_member_that_says_nothing_takes_no_part_and_where_one_is_left_the_prompt_is_deferred_first()
    {
        var data = new RecordedAnswers(
        [
            Prompt("1", ("A: 1", 1), ("A: 1", 1), ("", 0)),
            Prompt("2", ("A: 1", 0), (" ", 0), ("\n", 0)),
            Prompt("3", ("A: 1", 1), ("A: 2", 0), ("A: 1", 1)),
            Prompt("4", ("", 0), ("", 0), ("", 0)),
        ]);

        foreach (var measure in new[] { SimilarityMeasure.SameConclusion, null })
        {
            var report = await AgreementReplay.RunAsync(data, _options with { Measure = measure });
            Assert.Equal([0.5, 1], Qualities(report.Points, 0, 50), Near);
        }
    }

    [Fact]
    public async Task Equal_seeds_give_equal_reports_and_other_seeds_other_intervals()
    {
        var options = _options with { Measure = null, Seed = 5 };
        var data = Answered.Noise(80, 1);

        var first = (await AgreementReplay.RunAsync(data, options)).ToJson();

        Assert.Equal(first, (await AgreementReplay.RunAsync(data, options)).ToJson());
        Assert.NotEqual(first, (await AgreementReplay.RunAsync(data, options with { Seed = 6 })).ToJson());
    }

    [Fact]
    public async Task Groups_are_resampled_whole()
    {
        var report = await AgreementReplay.RunAsync(_byHand, _options with { GroupSeparator = ":" });

        Assert.Equal((2, 2), (report.Groups, report.Folds));
        Assert.NotNull(report.AreaAboveRandom.GroupLow);
        Assert.True(report.AreaAboveRandom.GroupLow <= report.AreaAboveRandom.GroupHigh);
    }

    [Fact]
    public async Task Texts_are_compared_with_references()
    {
        var data = new RecordedAnswers(
        [
            Prompt("1", ("the cat sat on the mat", 0), ("the cat sat on the mat", 0), ("a dog", 0), target: "the cat is on the mat") with { Reference = "the cat is on the mat" },
            Prompt("2", ("one two three four five", 1), ("one two three four five", 1), ("six", 0), target: "one two three four five") with { Reference = "one two three four five" },
        ]);

        var report = await AgreementReplay.RunAsync(data, _options with { Measure = SimilarityMeasure.TokenF1 });

        Assert.Equal((5.0 / 6 + 1) / 2, report.Points[0].RougeL!.Value, 1e-9);
        Assert.Equal((1, 100), (report.Points[100].RougeL!.Value, report.Points[100].Bleu!.Value), (one, other) => Math.Abs(one.Item1 - other.Item1) + Math.Abs(one.Item2 - other.Item2) < 1e-9);
        Assert.InRange(report.Points[0].Bleu!.Value, 38, 99);
        Assert.Equal(report.Points[0].Bleu!.Value, report.Baselines.AlwaysMember[0].Bleu!.Value, 1e-9);
        Assert.Equal(100, report.Baselines.AlwaysTarget.Bleu!.Value, 1e-9);
        Assert.Equal(report.Points[0].RougeL!.Value, report.Baselines.Random[0].RougeL!.Value, 1e-9);
    }

    [Fact]
    public async Task The_paper_mode_of_recorded_problems_gives_the_known_figures()
    {
        var file = RepositoryRoot.Shared("streams/gsm8k-four.jsonl.gz");
        Assert.SkipUnless(File.Exists(file), $"{file} is not there.");
        var data = RecordedAnswers.Load(file);
        var options = new AgreementReplayOptions(["6b_finetuning", "6b_verification", "175b_finetuning"], "175b_verification");

        var report = await AgreementReplay.RunAsync(data, options);
        var pair = await AgreementReplay.RunAsync(data, options with { Ensemble = ["6b_finetuning", "6b_verification"] });

        Assert.Equal(660, report.Prompts);
        Assert.Equal([0.2197, 0.3894, 0.3197, 0.5652], [.. report.Baselines.AlwaysMember.Append(report.Baselines.AlwaysTarget).Select(each => Math.Round(each.Quality.Value, 4))]);
        Assert.Equal([0.570, 0.539], [.. report.AgainstMajority!.Take(2).Select(each => Math.Round(each.Majority, 3))]);
        Assert.True(report.AreaAboveRandom.Low > 0, report.AreaAboveRandom.ToString());
        Assert.True(pair.AreaAboveRandom.Low > 0, pair.AreaAboveRandom.ToString());
    }

    private static RecordedAnswers Texts(params string[] texts) => new(Enumerable.Range(0, 2).Select(i => Prompt(
        $"{i}", (texts[0], 1), (texts[1], 2), (texts.Length > 2 ? texts[2] : "who knows what anybody was going to say about it", 3))));

    private static RecordedPrompt Prompt(
        string id, (string Text, double Score) a, (string Text, double Score) b, (string Text, double Score) c, string target = "A: 1") =>
        new(id, "?", new Dictionary<string, RecordedAnswer> { ["a"] = new(a.Text, a.Score), ["b"] = new(b.Text, b.Score), ["c"] = new(c.Text, c.Score), ["t"] = new(target, 1) });

    private static double[] Qualities(IReadOnlyList<AgreementPoint> points, params int[] percents) => [.. percents.Select(percent => points[percent].Quality)];

    private static double[] Qualities(IReadOnlyList<AgreementBaselinePoint> points, params int[] percents) => [.. percents.Select(percent => points[percent].Quality)];

    private static bool Near(double one, double other) => Math.Abs(one - other) < 1e-9;
}
