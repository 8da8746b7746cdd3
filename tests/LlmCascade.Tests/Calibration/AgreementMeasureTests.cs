using LlmCascade.Calibration;
using LlmCascade.Testing;
using Xunit;

namespace LlmCascade.Tests.Calibration;

public sealed class AgreementMeasureTests
{
    private static readonly GenerationRequest _request = new("How long?");

    [Theory]
    [InlineData("45 days", "You have 45 days.", 1.0)]
    [InlineData("45", "54", 0.0)]
    [InlineData("1,234.50 €", "1.234,5", 1.0)]
    [InlineData("1'234", "1234", 1.0)]
    [InlineData("1,234", "1234", 1.0)]
    [InlineData("0,234", "0.234", 1.0)]
    [InlineData("1,23", "1.23", 1.0)]
    [InlineData("1.234.567", "1,234,567.0", 1.0)]
    [InlineData("-3", "3", 0.0)]
    [InlineData("−3 °C", "-3", 1.0)]
    [InlineData("3-4 days", "3 to 4 days", 1.0)]
    [InlineData("2 + 3 = 5", "The answer is 5", 1.0)]
    [InlineData("2 + 3 = 5", "The answer is 3", 0.0)]
    [InlineData("from 9 to 17, counter 7", "counter 7, from 9 to 17", 1.0)]
    [InlineData("counter seven", "counter 7", null)]
    [InlineData("yes", "no", null)]
    public async Task Numbers_are_compared_whatever_they_are_written_with(string first, string second, double? expected) =>
        Assert.Equal(expected, await AgreeAsync(AgreementMeasure.SameNumber, first, second));

    [Theory]
    [InlineData("Counter Seven.", "  counter   SEVEN!", 1.0)]
    [InlineData("größe", "GRÖSSE", 0.0)]
    [InlineData("ＡＢＣ", "abc", 1.0)]
    [InlineData("a b", "ab", 0.0)]
    [InlineData("", "...", 1.0)]
    [InlineData("👍", "👎", 0.0)]
    [InlineData("broken \ud83d", "broken \ud83d", 1.0)]
    public async Task Texts_are_compared_by_their_words(string first, string second, double? expected) =>
        Assert.Equal(expected, await AgreeAsync(AgreementMeasure.SameText, first, second));

    [Fact]
    public async Task Labels_are_compared_where_both_answers_have_one()
    {
        var labels = new LabelSpace("yes", "no");
        var (yes, no, none) = (Label(labels, "yes"), Label(labels, "no"), Answer("yes"));

        Assert.Equal(1, await AgreeAsync(AgreementMeasure.SameLabel, yes, yes));
        Assert.Equal(0, await AgreeAsync(AgreementMeasure.SameLabel, yes, no));
        Assert.Null(await AgreeAsync(AgreementMeasure.SameLabel, yes, none));
        Assert.Equal(0, await AgreeAsync(AgreementMeasure.SameLabel, yes, Label(new LabelSpace("yes", "maybe"), "yes")));
    }

    [Theory]
    [InlineData("It takes 45 days", "45", 1.0)]
    [InlineData("It takes 45 days", "It takes 46 days", 0.0)]
    [InlineData("Yes.", "yes", 1.0)]
    [InlineData("Yes, 45 days", "yes", 0.0)]
    public async Task The_default_takes_the_first_measure_that_can_tell(string first, string second, double? expected) =>
        Assert.Equal(expected, await AgreeAsync(AgreementMeasure.SameAnswer, first, second));

    [Fact]
    public async Task Every_answer_is_compared_with_every_other_one()
    {
        var matrix = await AgreementMeasure.SameAnswer.MeasureAsync(_request, [Answer("45"), Answer("46"), Answer("45.0")], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal((3, 0, 1, 0, 1), (matrix.Count, matrix[0, 1], matrix[2, 0], matrix[1, 2], matrix[1, 1]));
    }

    [Fact]
    public void A_matrix_refuses_what_makes_no_sense()
    {
        var matrix = new AgreementMatrix(2);

        Assert.Null(matrix[0, 1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[0, 2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[-1, 0]);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[5, 5]);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[0, 1] = double.NaN);
        Assert.Throws<ArgumentException>(() => matrix[1, 1] = 0.5);
        Assert.Throws<ArgumentOutOfRangeException>(() => new AgreementMatrix(0));
        Assert.Throws<ArgumentException>(() => AgreementMeasure.FirstThatTells("id"));
    }

    private static Task<double?> AgreeAsync(IAgreementMeasure measure, string first, string second) => AgreeAsync(measure, Answer(first), Answer(second));

    private static async Task<double?> AgreeAsync(IAgreementMeasure measure, Generation first, Generation second)
    {
        var matrix = await measure.MeasureAsync(_request, [first, second]);
        var reversed = await measure.MeasureAsync(_request, [second, first]);
        Assert.Equal(matrix[0, 1], reversed[0, 1]);
        return matrix[0, 1];
    }

    private static Generation Answer(string text) => new ScriptedReply(text).ToGeneration();

    private static Generation Label(LabelSpace labels, string label) => Answer(label) with { Labels = LabelDistribution.Certain(labels, label) };
}
