using CsCheck;
using LlmCascade.Agreement;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class AgreementScoreTests
{
    private static readonly Gen<AgreementMatrix> _matrices =
        from count in Gen.Int[2, 6]
        from values in Gen.Double[0, 1].Array[count * (count - 1) / 2]
        select Matrix(count, values);

    [Theory]
    [InlineData(AgreementAggregation.MaxCentrality, 0.6)]
    [InlineData(AgreementAggregation.MeanPairwise, 0.466667)]
    [InlineData(AgreementAggregation.MinPairwise, 0.2)]
    [InlineData(AgreementAggregation.MajorityCluster, 0.666667)]
    public void The_example_of_the_specification_has_its_values(AgreementAggregation aggregation, double expected)
    {
        var score = AgreementScore.Of(Matrix(3, 0.9, 0.2, 0.3), aggregation);

        Assert.Equal(expected, score.Value, 6);
        Assert.Equal([0.55, 0.6, 0.25], score.Centralities.Select(each => Math.Round(each, 12)));
        Assert.Equal([1], score.Best);
    }

    [Fact]
    public void What_the_measure_cannot_tell_is_no_agreement() =>
        Assert.Equal(0.5, AgreementScore.Of(Matrix(3, 1, null, null)).Value);

    [Fact]
    public void Of_two_groups_of_one_size_the_most_central_answers_of_both_tie()
    {
        // 0 and 1 agree, 2 and 3 agree.
        var score = AgreementScore.Of(Matrix(4, 1, 0, 0, 0, 0, 1), AgreementAggregation.MajorityCluster);

        Assert.Equal(0.5, score.Value);
        Assert.Equal([0, 1, 2, 3], score.Best);
    }

    [Fact]
    public void In_a_group_everybody_agrees_with_everybody()
    {
        // 1 agrees with 0 and with 2, which do not agree with each other.
        Assert.Equal(2 / 3.0, AgreementScore.Of(Matrix(3, 1, 0, 1), AgreementAggregation.MajorityCluster).Value);
    }

    [Fact]
    public void With_two_candidates_maximum_and_mean_are_the_same() => Gen.Double[0, 1].Sample(value =>
        AgreementScore.Of(Matrix(2, value)).Value == AgreementScore.Of(Matrix(2, value), AgreementAggregation.MeanPairwise).Value);

    [Fact]
    public void Scores_are_ordered_as_their_definitions_are() => _matrices.Sample(matrix =>
    {
        double Of(AgreementAggregation aggregation) => AgreementScore.Of(matrix, aggregation).Value;
        Assert.InRange(Of(AgreementAggregation.MinPairwise), 0, Of(AgreementAggregation.MeanPairwise) + 1e-12);
        Assert.InRange(Of(AgreementAggregation.MeanPairwise), 0, Of(AgreementAggregation.MaxCentrality) + 1e-12);
        Assert.InRange(Of(AgreementAggregation.MajorityCluster), 1.0 / matrix.Count, 1);
    });

    [Theory]
    [InlineData(AgreementAggregation.MaxCentrality)]
    [InlineData(AgreementAggregation.MeanPairwise)]
    [InlineData(AgreementAggregation.MinPairwise)]
    [InlineData(AgreementAggregation.MajorityCluster)]
    public void The_score_of_all_lies_within_what_was_reachable_from_some_also_where_others_drop_out(AgreementAggregation aggregation) =>
        Gen.Select(_matrices, Gen.Int[2, 6], Gen.Int[2, 6]).Sample((matrix, present, final) =>
        {
            present = Math.Min(present, matrix.Count);
            final = Math.Clamp(final, present, matrix.Count);
            var reachable = AgreementScore.Reachable(First(matrix, present), matrix.Count - present, aggregation, 0.5, isEquivalence: false);
            Assert.InRange(AgreementScore.Of(First(matrix, final), aggregation).Value, reachable.Minimum - 1e-12, reachable.Maximum + 1e-12);
        });

    [Theory]
    [InlineData(AgreementAggregation.MaxCentrality)]
    [InlineData(AgreementAggregation.MajorityCluster)]
    public void Where_agreement_is_equality_the_bounds_are_narrower_and_hold(AgreementAggregation aggregation) =>
        Gen.Select(Gen.Int[0, 2].Array[2, 6], Gen.Int[2, 6]).Sample((answers, present) =>
        {
            present = Math.Min(present, answers.Length);
            var reachable = AgreementScore.Reachable(Equality(answers[..present]), answers.Length - present, aggregation, 0.5, isEquivalence: true);
            Assert.InRange(AgreementScore.Of(Equality(answers), aggregation).Value, reachable.Minimum - 1e-12, reachable.Maximum + 1e-12);
        });

    [Fact]
    public void Two_labels_that_differ_leave_a_third_one_half_of_the_agreement() =>
        Assert.Equal(0.5, AgreementScore.Reachable(Equality([1, 2]), 1, AgreementAggregation.MaxCentrality, 0.5, isEquivalence: true).Maximum);

    [Fact]
    public void One_candidate_has_no_score() =>
        Assert.Contains("Between 2 and 32", Assert.Throws<ArgumentOutOfRangeException>(() => AgreementScore.Of(new AgreementMatrix(1))).Message);

    [Fact]
    public void The_largest_group_of_thirty_two_candidates_is_found() =>
        Assert.Equal(1, AgreementScore.Of(Equality(new int[32]), AgreementAggregation.MajorityCluster).Value);

    internal static AgreementMatrix Matrix(int count, params double?[] values)
    {
        var matrix = new AgreementMatrix(count);
        var next = 0;
        for (var first = 0; first < count; first++)
        {
            for (var second = first + 1; second < count; second++)
            {
                matrix[first, second] = values[next++];
            }
        }

        return matrix;
    }

    private static AgreementMatrix Matrix(int count, double[] values) => Matrix(count, [.. values.Select(value => (double?)value)]);

    private static AgreementMatrix First(AgreementMatrix matrix, int count) => Fill(count, (first, second) => matrix[first, second]);

    private static AgreementMatrix Equality(int[] answers) => Fill(answers.Length, (first, second) => answers[first] == answers[second] ? 1 : 0);

    private static AgreementMatrix Fill(int count, Func<int, int, double?> value)
    {
        var matrix = new AgreementMatrix(count);
        for (var second = 1; second < count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                matrix[first, second] = value(first, second);
            }
        }

        return matrix;
    }
}
