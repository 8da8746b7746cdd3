using CsCheck;
using LlmCascade.Calibration;
using LlmCascade.Students;
using LlmCascade.Tests.Calibration;
using Xunit;

namespace LlmCascade.Tests.Students;

public sealed class CascadeObjectiveTests
{
    private static readonly Gen<(double[] Deferrals, double[] Losses, double[] Costs, double Weight)> _cascades =
        Gen.Int[1, 5].SelectMany(count => Gen.Select(
            Gen.Double[0, 1].Array[count], Gen.Double[0, 3].Array[count], Gen.Double[0, 1200].Array[count], Gen.Double[0, 2e-3]));

    [Fact]
    public void The_worked_example_gives_its_value_and_gradient()
    {
        Assert.Equal(.735, Evaluate([.3, .6], [.9, .4], [1, 30], .01, out var gradient), 12);
        Assert.Equal(-.55, gradient[0], 12);
        Assert.Equal(-.03, gradient[1], 12);
    }

    [Theory]
    [InlineData(5e-4, .954017)]
    [InlineData(1e-3, 1.025087)]
    public void With_the_loss_of_the_published_text_it_has_the_published_value(double weight, double expected)
    {
        // The students gave the truth .3 and .8.
        double[] losses = [CascadeObjective.Loss(.3), CascadeObjective.Loss(.8)];

        Assert.Equal(1.203973, losses[0], 6);
        Assert.Equal(.223144, losses[1], 6);
        Assert.Equal(expected, Evaluate([.3, .4], losses, [1, 1182], weight, out _), 6);
    }

    [Theory]
    [InlineData(5e-4, .788929)]
    [InlineData(1e-3, .859999)]
    public void With_the_loss_of_the_authors_program_it_has_that_programs_value(double weight, double expected)
    {
        // It takes probabilities for logits: the softmax of what is a softmax already.
        double[] losses = [Squeezed(.3, .7), Squeezed(.8, .2)];

        Assert.Equal(.913015, losses[0], 6);
        Assert.Equal(.437488, losses[1], 6);
        Assert.Equal(expected, Evaluate([.3, .4], losses, [1, 1182], weight, out _), 6);

        static double Squeezed(double ofTruth, double ofOther) => Math.Log(1 + Math.Exp(ofOther - ofTruth));
    }

    [Fact]
    public void It_is_the_sum_of_its_definition() => _cascades.Sample(cascade =>
    {
        var (deferrals, losses, costs, weight) = cascade;
        var sum = Enumerable.Range(0, deferrals.Length).Sum(i =>
            deferrals.Take(i).Aggregate(1.0, (product, each) => product * each)
            * (((1 - deferrals[i]) * losses[i]) + (deferrals[i] * weight * costs[i])));

        Assert.Equal(sum, Evaluate(deferrals, losses, costs, weight, out _), 9);
    });

    [Fact]
    public void Its_gradient_is_that_of_finite_differences() => _cascades.Sample(cascade =>
    {
        var (deferrals, losses, costs, weight) = cascade;
        Evaluate(deferrals, losses, costs, weight, out var gradient);

        for (var i = 0; i < deferrals.Length; i++)
        {
            Assert.Equal(Slope(ref deferrals[i], 1e-4, () => Evaluate(deferrals, losses, costs, weight, out _)), gradient[i], 1e-8);
        }
    });

    [Fact]
    public void Through_the_calibrators_too_the_gradient_is_that_of_finite_differences() =>
        Gen.Select(Gen.ULong, Gen.Double[0, 1].Array[3].Array[2], Gen.Double[0, 3].Array[2], Gen.Bool.Array[2]).Sample(
            (seed, values, losses, wrong) =>
            {
                var calibrators = new[] { new MlpCalibrator(3, 1e-3, seed), new MlpCalibrator(3, 1e-3, seed + 1) };
                double[] targets = [CalibrationFactor.Target(wrong[0], .4), CalibrationFactor.Target(wrong[1], .3)];
                double[] deferrals = [calibrators[0].Forward(values[0]), calibrators[1].Forward(values[1])];
                Evaluate(deferrals, losses, [1, 1182], 5e-4, out var slopes);
                for (var i = 0; i < 2; i++)
                {
                    calibrators[i].Backward((2 * (deferrals[i] - targets[i])) + slopes[i]);
                }

                for (var i = 0; i < 2; i++)
                {
                    // A unit at its bend has no derivative.
                    if (ScalarNetwork.Sums(calibrators[i].Parameters, values[i]).Min(Math.Abs) < 1e-4)
                    {
                        continue;
                    }

                    for (var j = 0; j < calibrators[i].Gradient.Length; j++)
                    {
                        Assert.Equal(Slope(ref calibrators[i].Parameters[j], 1e-5, Total), calibrators[i].Gradient[j], 1e-8);
                    }
                }

                // What the two have to make small together, in numbers of its own.
                double Total()
                {
                    double[] answers = [calibrators[0].Forward(values[0]), calibrators[1].Forward(values[1])];
                    return Math.Pow(answers[0] - targets[0], 2) + Math.Pow(answers[1] - targets[1], 2)
                        + Evaluate(answers, losses, [1, 1182], 5e-4, out _);
                }
            },
            iter: 20);

    [Fact]
    public void A_student_that_ruled_the_truth_out_has_a_loss_that_is_large_and_finite() =>
        Assert.Equal(27.631, CascadeObjective.Loss(0), 3);

    [Fact]
    public void A_student_without_a_loss_or_a_cost_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Evaluate([.3, .6], [.9], [1, 30], .01, out _));
        Assert.Throws<ArgumentException>(() => Evaluate([.3, .6], [.9, .4], [1], .01, out _));
        Assert.Throws<ArgumentException>(() => CascadeObjective.Evaluate([.3], [.9], [1], .01, []));
    }

    private static double Evaluate(double[] deferrals, double[] losses, double[] costs, double weight, out double[] gradient)
    {
        gradient = new double[deferrals.Length];
        return CascadeObjective.Evaluate(deferrals, losses, costs, weight, gradient);
    }

    private static double Slope(ref double variable, double width, Func<double> function)
    {
        var middle = variable;
        variable = middle + width;
        var above = function();
        variable = middle - width;
        var below = function();
        variable = middle;
        return (above - below) / (2 * width);
    }
}
