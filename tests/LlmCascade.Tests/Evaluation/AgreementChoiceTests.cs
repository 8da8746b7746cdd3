using LlmCascade.Agreement;
using LlmCascade.Evaluation;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class AgreementChoiceTests
{
    private static readonly AgreementReplayOptions _options = new(["a", "b", "c"], "t");

    [Fact]
    public async Task Every_ensemble_of_the_size_is_replayed_with_every_measure()
    {
        var report = await AgreementReplay.ChooseAsync(Answered.Noise(40, 2), _options, 2);

        Assert.Equal((3, 2, 40), (report.Ensembles, report.Members, report.Prompts));
        Assert.Equal(["token-f1", "rouge-l", "chars", "cosine", "composite", "calibrated", "length"], report.Signals.Select(signal => signal.Name));
        Assert.All(report.Signals, signal => Assert.Equal((null, null), (signal.AreaAboveRandom.GroupLow, signal.MedoidGain?.GroupLow)));
        Assert.Null(report.Signals[^1].MedoidGain);
        Assert.Contains("\"groupLow\":null", report.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_means_are_those_of_the_single_ensembles()
    {
        var data = Answered.Noise(40, 2);

        var report = await AgreementReplay.ChooseAsync(data, _options, 2);

        var areas = new List<double>();
        foreach (var pair in new[] { "ab", "ac", "bc" })
        {
            string[] members = [.. pair.Select(name => $"{name}")];
            var single = await AgreementReplay.RunAsync(data, _options with { Ensemble = members, Measure = SimilarityMeasure.TokenF1 });
            areas.Add(single.AreaAboveRandom.Value);
        }

        Assert.Equal(areas.Average(), report.Signals[0].AreaAboveRandom.Value, 1e-12);
        Assert.Equal(areas.Count(area => area > 0) / 3.0, report.Signals[0].EnsemblesAboveRandom, 1e-12);
    }

    // a and b say the same on every prompt and are right; c is not, but where a alone is wrong as well.
    [Fact]
    public async Task The_most_central_answer_gains_over_the_mean_member()
    {
        var report = await AgreementReplay.ChooseAsync(Answered.Of(30, i => ((1, 1), (1, 1), (2, 0), 1)), _options, 3);

        var gain = report.Signals[0];
        Assert.Equal(1.0 / 3, gain.MedoidGain!.Value, 1e-12);
        Assert.Equal((1.0 / 3, 1.0 / 3, 1), (gain.MedoidGain.Low, gain.MedoidGain.High, gain.EnsemblesWithMedoidGain!.Value), (one, other) =>
            Math.Abs(one.Item1 - other.Item1) + Math.Abs(one.Item2 - other.Item2) + Math.Abs(one.Item3 - other.Item3) < 1e-9);
        Assert.Equal(1, report.Ensembles);
    }

    [Fact]
    public async Task Intervals_are_told_for_groups_as_well()
    {
        var data = new RecordedAnswers(Answered.Noise(40, 4).Prompts.Select((prompt, i) => prompt with { Id = $"talk {i % 4}:{i}" }));

        var report = await AgreementReplay.ChooseAsync(data, _options with { GroupSeparator = ":" }, 2);

        Assert.Equal((4, 4), (report.Groups, report.Folds));
        Assert.All(report.Signals, signal => Assert.True(signal.AreaAboveRandom.GroupLow < signal.AreaAboveRandom.GroupHigh));
        Assert.True(report.Signals[0].MedoidGain!.GroupLow < report.Signals[0].MedoidGain!.GroupHigh);
    }

    [Fact]
    public async Task Equal_seeds_give_equal_reports()
    {
        var data = Answered.Noise(40, 5);

        Assert.Equal((await AgreementReplay.ChooseAsync(data, _options, 2)).ToJson(), (await AgreementReplay.ChooseAsync(data, _options, 2)).ToJson());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task There_is_no_ensemble_of_one_and_none_of_more_than_there_are(int members) =>
        Assert.Contains("Between 2 and 3", (await Assert.ThrowsAsync<ArgumentException>(() => AgreementReplay.ChooseAsync(Answered.Noise(9, 1), _options, members))).Message, StringComparison.Ordinal);
}
