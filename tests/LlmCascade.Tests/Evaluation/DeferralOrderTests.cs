using CsCheck;
using LlmCascade.Evaluation.Ensembles;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class DeferralOrderTests
{
    private static readonly Gen<(double[] Urgency, double[] Kept, double[] Deferred, int[] Weights)> _prompts =
        Gen.Int[2, 12].SelectMany(count => Gen.Select(
            Gen.Int[0, 4].Select(urgency => (double)urgency).Array[count], Gen.Double[-1, 1].Array[count], Gen.Double[-1, 1].Array[count], Gen.Int[0, 3].Array[count]))
        .Where(each => each.Item4.Sum() > 0);

    [Fact]
    public void A_weight_is_as_good_as_so_many_copies() => _prompts.Sample(each =>
    {
        var copies = Enumerable.Range(0, each.Weights.Length).SelectMany(i => Enumerable.Repeat(i, each.Weights[i])).ToArray();
        double[] rates = [0, 0.1, 0.37, 0.5, 0.99, 1];

        var weighted = new DeferralOrder(each.Urgency);
        var copied = new DeferralOrder([.. copies.Select(i => each.Urgency[i])]);

        int[] once = [.. copies.Select(_ => 1)];
        double[] kept = [.. copies.Select(i => each.Kept[i])], deferred = [.. copies.Select(i => each.Deferred[i])];
        Assert.Equal(copied.At(kept, deferred, once, rates), weighted.At(each.Kept, each.Deferred, each.Weights, rates), (one, other) => Math.Abs(one - other) < 1e-9);
        Assert.Equal(copied.Area(kept, deferred, once), weighted.Area(each.Kept, each.Deferred, each.Weights), 1e-9);
    });

    [Fact]
    public void The_area_is_the_mean_over_all_rates() => _prompts.Sample(each =>
    {
        var order = new DeferralOrder(each.Urgency);
        const int Steps = 5000;
        double[] rates = [.. Enumerable.Range(0, Steps).Select(i => (i + 0.5) / Steps)];

        Assert.Equal(order.At(each.Kept, each.Deferred, each.Weights, rates).Average(), order.Area(each.Kept, each.Deferred, each.Weights), 1e-3);
    });

    [Fact]
    public void What_is_infinitely_urgent_comes_first_and_ties_with_its_like()
    {
        var order = new DeferralOrder([1, double.PositiveInfinity, double.NegativeInfinity, double.PositiveInfinity]);

        Assert.Equal([0, 0.25, 0.5, 0.75, 1.75], order.At([0, 0, 0, 0], [1, 2, 4, 0], [1, 1, 1, 1], [0, 0.25, 0.5, 0.75, 1]));
    }

    [Fact]
    public void A_level_is_reached_where_the_line_crosses_it()
    {
        var order = new DeferralOrder([3, 2, 1, 1]);

        Assert.Equal(0, order.FirstReaching(0, [0, 0, 0, 0], [1, 1, 1, 1]));
        Assert.Equal(0.125, order.FirstReaching(0.125, [0, 0, 0, 0], [1, 1, 1, 1]));
        Assert.Equal(0.25, order.FirstReaching(0.25, [0, 0, 0, 0], [1, -1, 1, 1]));
        Assert.Equal(0.75, order.FirstReaching(0.25, [0, 0, 0, 0], [0, 0, 1, 1]));
        Assert.Equal(1, order.FirstReaching(0.5, [0, 0, 0, 0], [0, 0, 1, 1]));
    }
}
