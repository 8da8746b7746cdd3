using LlmCascade.Evaluation;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class ReplayOptionsTests
{
    private static readonly RecordedStream _stream = Streams.Random(items: 100);

    [Theory]
    [InlineData("1", 100, 1)]
    [InlineData("1300", 100, 1300)]
    [InlineData("0.25", 100, 25)]
    [InlineData(".5", 3833, 1916)]
    [InlineData("0.29", 100, 29)]
    [InlineData("1.0", 100, 100)]
    public void A_budget_is_a_number_of_calls_or_a_share_of_the_items_rounded_down(string text, int items, int calls)
    {
        Assert.Equal(calls, ReplayBudget.Parse(text).For(items));
        Assert.Equal(text.TrimStart('0'), ReplayBudget.Parse(text).ToString().TrimStart('0'));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0.0")]
    [InlineData("-1")]
    [InlineData("1.01")]
    [InlineData("1300.0")]
    [InlineData("30%")]
    [InlineData("0,3")]
    [InlineData("1e3")]
    [InlineData("99999999999")]
    public void Anything_else_is_no_budget(string text) =>
        Assert.Contains($"'{text}'", Assert.Throws<FormatException>(() => ReplayBudget.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_budget_has_its_range_in_code_too()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ReplayBudget.Calls(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReplayBudget.Share(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ReplayBudget.Share(1.1m));
    }

    public static TheoryData<ReplayOptions, string> Mistakes => new()
    {
        { Calls(101), "larger than the stream, which has 100 items" },
        { new(ReplayBudget.Share(0.001m)), "less than one call" },
        { Calls(9) with { Method = (ReplayMethod)9 }, "no method" },
        { Calls(9) with { Mode = (ReplayMode)9 }, "no mode" },
        { Calls(9) with { Deferral = (ReplayDeferral)9 }, "no deferral" },
        { Calls(9) with { Method = ReplayMethod.Distilled }, "needs a training set" },
        { Calls(9) with { Training = _stream }, "no other method takes one" },
        { Calls(9) with { Method = ReplayMethod.Distilled, Training = Streams.Random(8) }, "larger than the training set, which has 8 items" },
        { Calls(1) with { Method = ReplayMethod.Distilled, Training = new([new("a", "1", "1"), new("b", "2", "2")]) }, "The training set has the labels 1, 2" },
        { Calls(9) with { Mode = ReplayMode.Paper, Method = ReplayMethod.Ensemble }, "Only the method cascade" },
        { Calls(9) with { Mu = 0.1 }, "Only paper mode takes a mu" },
        { Calls(9) with { Mode = ReplayMode.Paper, Mu = 0 }, "A mu is above 0" },
        { Calls(9) with { Mode = ReplayMode.Paper, Mu = double.NaN }, "A mu is above 0" },
        { Calls(9) with { Settings = "imdb-small" }, "Only paper mode takes a mu and settings" },
        { Calls(9) with { Mode = ReplayMode.Paper, Settings = "imdb" }, "There are no settings 'imdb'; there are imdb-small," },
        { Calls(9) with { Mode = ReplayMode.Paper, Deferral = ReplayDeferral.Entropy }, "another deferral than calibrated" },
        { Calls(9) with { Method = ReplayMethod.Random, Deferral = ReplayDeferral.MaxProb }, "another deferral than calibrated" },
        { Calls(9) with { Tiers = [] }, "There is at least one tier" },
        { Calls(9) with { Tiers = [ReplayTier.LogisticRegression, ReplayTier.LogisticRegression] }, "a name of its own, unlike 'lr', 'lr'" },
        { Calls(9) with { Tiers = [new ReplayTier("a"), new ReplayTier("b")], Mode = ReplayMode.Paper }, "takes several tiers" },
        { Calls(9) with { Tiers = [new ReplayTier("a", student => student.WarmUp = -1)] }, "WarmUp of -1" },
        { Calls(9) with { Seed = ulong.MaxValue, Seeds = 2 }, "no 2 seeds more" },
        { Calls(9) with { Seeds = 0 }, "number of seeds" },
        { Calls(9) with { Shuffles = -1 }, "number of shuffles" },
        { Calls(9) with { Seeds = 200, Shuffles = 200 }, "more than 10000 runs" },
        { Calls(9) with { ExpertCost = 0 }, "costs more than 0" },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public async Task Options_that_make_no_sense_are_refused_with_the_reason(ReplayOptions options, string message) => Assert.Contains(
        message, (await Assert.ThrowsAsync<ArgumentException>(() => Replay.RunAsync(_stream, options))).Message, StringComparison.Ordinal);

    [Fact]
    public void What_a_distilled_student_trains_on_limits_its_budget_and_the_stream_does_not()
    {
        var options = Calls(150) with { Method = ReplayMethod.Distilled, Training = Streams.Random(200) };

        Assert.Equal(150, options.Validate(_stream));
        Assert.Equal(50, (options with { Budget = ReplayBudget.Share(0.25m) }).Validate(_stream));
    }

    [Theory]
    [InlineData("imdb-small", 7e-4, 0.97, 0.40)]
    [InlineData("hatespeech-large", 1e-3, 0.99, 0.45)]
    [InlineData("isear-small", 7e-4, 0.80, 0.15)]
    public void The_settings_are_those_of_the_paper(string name, double rate, double decay, double factor) =>
        Assert.Equal(new(8, rate, decay, factor, NextCost: 1182), PaperTable.Rows[name]);

    [Theory]
    [InlineData(null, null)]
    [InlineData(0.001, "fever-large")]
    public void Paper_mode_takes_a_mu_and_settings_or_its_own(double? mu, string? settings) =>
        Assert.Equal(9, (Calls(9) with { Mode = ReplayMode.Paper, Mu = mu, Settings = settings }).Validate(_stream));

    private static ReplayOptions Calls(int calls) => new(ReplayBudget.Calls(calls));
}
