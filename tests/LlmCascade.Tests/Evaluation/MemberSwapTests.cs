using LlmCascade.Agreement;
using LlmCascade.Evaluation;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

/// <summary>A member that is another model one day.</summary>
public sealed class MemberSwapTests : IDisposable
{
    private static readonly AgreementReplayOptions _options = new(["a", "b"], "t") { Measure = SimilarityMeasure.SameConclusion, Swap = new MemberSwap("b", "c") };

    private readonly TemporaryFiles _files = new();

    public void Dispose() => _files.Dispose();

    // a and b agree on the first two of four prompts, a and c on the first alone.
    [Fact]
    public async Task The_threshold_stays_and_defers_other_prompts()
    {
        var report = await AgreementReplay.RunAsync(RecordedAnswers.Load(_files.Write("answers.jsonl", Answered.ByHand)), _options);

        Assert.Equal([(0.5, 0.75), (1, 1)], report.Swap!.Select(each => (each.DeferralRate, each.SwappedDeferralRate)));
        Assert.Equal([(1, 1), (1, 1)], report.Swap!.Select(each => (each.Quality, each.SwappedQuality)));
    }

    [Fact]
    public async Task With_the_calibrator_a_model_that_says_the_same_changes_nothing()
    {
        var data = Answered.Of(200, i => ((i % 5, i % 2), (i % 3, i % 3 == 0 ? 1 : 0), (i % 3, i % 3 == 0 ? 1 : 0), i % 7 == 0 ? 0 : 1));

        var report = await AgreementReplay.RunAsync(data, _options with { Measure = null });

        Assert.True(report.Swap!.Count > 2);
        Assert.All(report.Swap!, each => Assert.Equal((each.DeferralRate, 0, 0, 0), (each.SwappedDeferralRate, each.Difference.Value, each.Difference.Low, each.Difference.High)));
    }

    [Theory]
    [InlineData("x", "c", "'x' is to be replaced, and is not in the ensemble.")]
    [InlineData("b", "a", "'a' is to replace a member, and is one already.")]
    [InlineData("b", "t", "'t' is to replace a member, and is the target.")]
    [InlineData("b", "x", "There is no model 'x' in the data; there are a, b, c, t.")]
    public async Task What_cannot_be_swapped_is_told(string member, string replacement, string expected)
    {
        var data = RecordedAnswers.Load(_files.Write("answers.jsonl", Answered.ByHand));

        var failure = await Assert.ThrowsAsync<ArgumentException>(() => AgreementReplay.RunAsync(data, _options with { Swap = new MemberSwap(member, replacement) }));

        Assert.Equal(expected, failure.Message);
    }
}
