using CsCheck;
using LlmCascade.Calibration;
using Xunit;

namespace LlmCascade.Tests.Calibration;

public sealed class MlpCalibratorTests
{
    private static readonly Gen<double[]> _values = Gen.Double[0, 1].Array[3];

    [Fact]
    public void Four_steps_give_what_PyTorch_gives()
    {
        // Linear(3, 128), ReLU, Linear(128, 1), Sigmoid in float64; element j of parameter tensor i is 0.3 sin(j (i + 1) + i);
        // mean binary cross-entropy over the four rows; Adam(lr=1e-3). A step is looked at before its update.
        double[][] x = [[.7, .2, .1], [.4, .35, .25], [.9, .05, .05], [.34, .33, .33]];
        double[] y = [0, 1, 0, 1];
        (double[] Output, double Loss, double Norm)[] steps =
        [
            ([.4010074435, .6925314556, .2493618183, .7584360484], .3608090121, .2309297776),
            ([.3952144869, .6904541449, .2427332099, .7573858575], .3573023044, .2254688054),
            ([.3892962585, .6883525637, .2362328006, .75632035], .3538449839, .224862818),
            ([.3835774929, .6864086189, .2299826628, .7553950095], .3504903901, .2199546143),
        ];
        var calibrator = new MlpCalibrator(3, 1e-3, seed: 0);
        Fill(calibrator.Parameters);

        foreach (var (output, loss, norm) in steps)
        {
            var sum = 0.0;
            for (var i = 0; i < 4; i++)
            {
                var answer = calibrator.Forward(x[i]);
                Assert.Equal(output[i], answer, 1e-10);
                sum -= Math.Log(y[i] == 1 ? answer : 1 - answer);
                calibrator.Backward((answer - y[i]) / (answer * (1 - answer)) / 4);
            }

            Assert.Equal(loss, sum / 4, 1e-10);
            Assert.Equal(norm, Math.Sqrt(calibrator.Gradient.ToArray().Sum(each => each * each)), 1e-10);
            calibrator.Step();
        }

        static void Fill(Span<double> parameters)
        {
            // PyTorch keeps the weights unit by unit.
            for (var j = 0; j < 384; j++)
            {
                MlpNetwork.WeightsOf(j % 3, parameters)[j / 3] = .3 * Math.Sin(j);
            }

            for (var j = 0; j < 128; j++)
            {
                MlpNetwork.Biases(parameters)[j] = .3 * Math.Sin((2 * j) + 1);
                MlpNetwork.OutputWeights(parameters)[j] = .3 * Math.Sin((3 * j) + 2);
            }

            parameters[^1] = .3 * Math.Sin(3);
        }
    }

    [Fact]
    public void An_answer_is_bit_for_bit_that_of_plain_loops() =>
        Gen.Select(Gen.ULong, Gen.Double[0, 1].Array[1, 40]).Sample((seed, values) =>
        {
            var calibrator = new MlpCalibrator(values.Length, 1e-3, seed);
            Assert.Equal(ScalarNetwork.Predict(calibrator.Parameters, values), calibrator.Predict(values));
        });

    [Fact]
    public void It_starts_in_the_range_of_PyTorch_and_differently_for_each_seed()
    {
        var calibrator = new MlpCalibrator(4, 1e-3, seed: 1);
        var ofUnits = calibrator.Parameters[..(5 * 128)].ToArray();
        var ofOutput = calibrator.Parameters[(5 * 128)..].ToArray();

        Assert.All(ofUnits, each => Assert.InRange(each, -.5, .5));
        Assert.All(ofOutput, each => Assert.InRange(each, -1 / Math.Sqrt(128), 1 / Math.Sqrt(128)));
        Assert.InRange(ofUnits.Max(Math.Abs), .49, .5);
        Assert.InRange(ofOutput.Max(Math.Abs), .085, .0884);
        Assert.Equal(calibrator.Parameters.ToArray(), new MlpCalibrator(4, 1e-3, seed: 1).Parameters.ToArray());
        Assert.NotEqual(calibrator.Parameters.ToArray(), new MlpCalibrator(4, 1e-3, seed: 2).Parameters.ToArray());
    }

    [Fact]
    public void Losses_at_one_answer_add_up()
    {
        var together = new MlpCalibrator(2, 1e-3, seed: 6);
        var apart = new MlpCalibrator(2, 1e-3, seed: 6);

        together.Forward([.3, .7]);
        together.Backward(1);
        apart.Forward([.3, .7]);
        apart.Backward(.5);
        apart.Backward(.5);

        Assert.Equal(together.Gradient.ToArray(), apart.Gradient.ToArray());
        Assert.Contains(together.Gradient.ToArray(), each => each != 0);
    }

    [Fact]
    public void It_learns_how_often_the_best_probability_is_wrong()
    {
        var calibrator = new MlpCalibrator(2, 1e-3, seed: 7);
        var random = new SplitMix(8);
        for (var i = 0; i < 20_000; i++)
        {
            var best = .5 + (random.NextDouble() / 2);
            Learn(calibrator, [best, 1 - best], random.NextDouble() < 1 - best ? 1 : 0);
        }

        foreach (var best in new[] { .55, .65, .75, .85, .95 })
        {
            Assert.Equal(1 - best, calibrator.Predict([best, 1 - best]), .06);
        }
    }

    [Fact]
    public void Nobody_sees_a_gradient_before_its_step() => _values.Sample(values =>
    {
        var calibrator = new MlpCalibrator(3, 1e-3, seed: 9);
        var before = calibrator.Predict(values);
        var published = calibrator.Published;

        calibrator.Forward(values);
        calibrator.Backward(1);
        Assert.Equal(before, calibrator.Predict(values));

        calibrator.Step();
        Assert.NotEqual(before, calibrator.Predict(values));
        Assert.Equal(before, published.Predict(values));
    });

    [Fact]
    public async Task Whoever_asks_while_it_learns_gets_the_answer_of_one_step_or_another()
    {
        var values = new[] { .2, .8 };
        var expected = new HashSet<double>();
        var rehearsal = new MlpCalibrator(2, 1e-2, seed: 10);
        expected.Add(rehearsal.Predict(values));
        for (var i = 0; i < 500; i++)
        {
            Learn(rehearsal, values, i % 2);
            expected.Add(rehearsal.Predict(values));
        }

        var calibrator = new MlpCalibrator(2, 1e-2, seed: 10);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(
            () =>
            {
                var seen = new HashSet<double>();
                do
                {
                    seen.Add(calibrator.Predict(values));
                }
                while (!done.IsCancellationRequested);
                return seen;
            },
            TestContext.Current.CancellationToken)).ToArray();
        for (var i = 0; i < 500; i++)
        {
            Learn(calibrator, values, i % 2);
        }

        await done.CancelAsync();
        foreach (var seen in await Task.WhenAll(readers))
        {
            Assert.Subset(expected, seen);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(60)]
    public void One_that_was_written_and_read_goes_on_as_if_it_never_had_been(int lessons)
    {
        var random = new SplitMix(11);
        var calibrator = new MlpCalibrator(3, 7e-4, seed: 12);
        LearnSome(calibrator, random, lessons);

        var restored = MlpCalibrator.Read(Bytes.Reader(calibrator.Write), version: 2);
        Assert.Equal(calibrator.Predict([.1, .2, .7]), restored.Predict([.1, .2, .7]));

        var twin = new SplitMix(random.State);
        LearnSome(calibrator, random, 40);
        LearnSome(restored, twin, 40);
        Assert.Equal(Bytes.Of(calibrator.Write), Bytes.Of(restored.Write));

        static void LearnSome(MlpCalibrator learner, SplitMix random, int count)
        {
            for (var i = 0; i < count; i++)
            {
                Learn(learner, [random.NextDouble(), random.NextDouble(), random.NextDouble()], i % 3 == 0 ? 1 : 0);
            }
        }
    }

    [Fact]
    public void Nonsense_is_not_read()
    {
        var calibrator = new MlpCalibrator(1, 1e-3, seed: 13);
        var sound = Bytes.Of(calibrator.Write);
        var parameters = MlpNetwork.Count(1);

        // Inputs, learning rate, a parameter; then of the optimiser: its steps, a mean, a square.
        var steps = 12 + (8 * parameters);
        foreach (var place in new[] { 0, 4, 12, steps, steps + 8, steps + 8 + (8 * parameters) })
        {
            var broken = (byte[])sound.Clone();
            broken.AsSpan(place, place == 0 ? 4 : 8).Fill(0xFF);
            Assert.Throws<InvalidDataException>(() => MlpCalibrator.Read(new BinaryReader(new MemoryStream(broken)), version: 2));
        }
    }

    [Theory]
    [InlineData(0, 1e-3)]
    [InlineData(int.MaxValue, 1e-3)]
    [InlineData(2, 0)]
    [InlineData(2, double.NaN)]
    [InlineData(2, double.PositiveInfinity)]
    public void A_number_outside_its_range_is_refused(int inputs, double learningRate) =>
        Assert.Throws<ArgumentException>(() => new MlpCalibrator(inputs, learningRate, seed: 0));

    [Fact]
    public void Another_number_of_inputs_is_refused()
    {
        var calibrator = new MlpCalibrator(2, 1e-3, seed: 14);

        Assert.Throws<ArgumentException>(() => calibrator.Predict([.1, .2, .7]));
        Assert.Throws<ArgumentException>(() => calibrator.Forward([1]));
    }

    [Fact]
    public void What_is_no_number_spoils_the_answer_and_never_the_network()
    {
        var calibrator = new MlpCalibrator(2, 1e-3, seed: 15);
        var before = Bytes.Of(calibrator.Write);

        Assert.Throws<ArgumentException>(() => calibrator.Backward(1));
        Assert.Equal(double.NaN, calibrator.Predict([double.NaN, .5]));
        Assert.Equal(double.NaN, calibrator.Forward([double.NaN, .5]));
        Assert.Throws<ArgumentException>(() => calibrator.Backward(1));
        calibrator.Forward([.5, .5]);
        Assert.Throws<ArgumentException>(() => calibrator.Backward(double.PositiveInfinity));

        Assert.Equal(before, Bytes.Of(calibrator.Write));
        Assert.All(calibrator.Gradient.ToArray(), each => Assert.Equal(0, each));
    }

    private static void Learn(MlpCalibrator calibrator, ReadOnlySpan<double> values, double target)
    {
        calibrator.Backward(2 * (calibrator.Forward(values) - target));
        calibrator.Step();
    }
}
