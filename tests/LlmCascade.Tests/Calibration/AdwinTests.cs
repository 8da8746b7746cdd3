using System.Text.Json;
using LlmCascade.Calibration;
using Xunit;

namespace LlmCascade.Tests.Calibration;

public sealed class AdwinTests
{
    [Fact]
    public void Changes_are_found_where_river_finds_them()
    {
        var file = RepositoryRoot.Shared("spec/golden/drift.json");
        Assert.SkipUnless(File.Exists(file), "The golden values are not on this machine (../shared/spec/golden).");
        using var golden = JsonDocument.Parse(File.ReadAllText(file));
        var bits = golden.RootElement.GetProperty("bits").GetString()!;
        var detector = new Adwin();

        List<int> found = [];
        for (var i = 0; i < bits.Length; i++)
        {
            if (detector.Update(bits[i] - '0'))
            {
                found.Add(i);

                // River forgets everything at an alarm, also what came after the change.
                detector = new Adwin();
            }
        }

        Assert.Equal(golden.RootElement.GetProperty("adwin").EnumerateArray().Select(index => index.GetInt32()), found);
    }

    [Theory]
    [InlineData(.05)]
    [InlineData(.3)]
    [InlineData(.5)]
    [InlineData(.9)]
    public void A_stream_that_does_not_change_raises_hardly_an_alarm(double probability)
    {
        var alarms = Enumerable.Range(0, 20).Sum(seed => Alarms(new Adwin(), Flips((ulong)seed, probability, 5000)).Count);

        // 100,000 values.
        Assert.InRange(alarms, 0, 2);
    }

    [Theory]
    [InlineData(.9, .6)]
    [InlineData(.6, .9)]
    [InlineData(.95, .05)]
    public void A_change_is_found_soon_and_the_window_then_holds_what_came_after_it(double before, double after)
    {
        foreach (var seed in Enumerable.Range(0, 10))
        {
            var detector = new Adwin();

            var alarms = Alarms(detector, [.. Flips((ulong)seed, before, 2000), .. Flips((ulong)seed + 100, after, 1000)]);

            Assert.Contains(alarms, index => index is >= 2000 and < 2150);
            Assert.InRange(detector.Width, 850, 1100);
            Assert.Equal(after, detector.Mean, .06);
        }
    }

    [Theory]
    [InlineData(30)]
    [InlineData(1000)]
    public void Alarms_drop_what_came_before_the_change_and_nothing_else(int before)
    {
        var detector = new Adwin();
        Assert.Empty(Alarms(detector, [.. Enumerable.Repeat(1.0, before)]));

        var after = 1;
        while (!detector.Update(0))
        {
            after++;
        }

        Assert.InRange(after, 5, 40);

        Assert.InRange(detector.Width, after, before + after - 1);

        // The bucket that spans the change may stay.
        Alarms(detector, [.. Enumerable.Repeat(0.0, 100)]);
        Assert.InRange(detector.Width, after + 100, after + 116);
    }

    [Fact]
    public void Memory_grows_with_the_logarithm_of_the_window()
    {
        var detector = new Adwin(delta: 1e-9);
        var random = new SplitMix(1);
        for (var i = 1; i <= 200_000; i++)
        {
            Assert.False(detector.Update(random.NextDouble()));
            Assert.InRange(detector.BucketCount, 1, 5 * (1 + Math.Log2(i)));
        }

        Assert.Equal(200_000, detector.Width);
    }

    [Fact]
    public void Width_and_mean_are_those_of_the_values()
    {
        var detector = new Adwin();
        Assert.Equal(0, detector.Width);
        Assert.Equal(double.NaN, detector.Mean);

        double[] values = [.1, .2, .4, .3, .2, .15, .25];
        Assert.Empty(Alarms(detector, values));

        Assert.Equal(7, detector.Width);
        Assert.Equal(values.Average(), detector.Mean, 12);
    }

    [Theory]
    [InlineData(-.001)]
    [InlineData(1.001)]
    [InlineData(double.NaN)]
    public void A_value_outside_0_to_1_is_refused_and_changes_nothing(double value)
    {
        var detector = new Adwin();
        detector.Update(1);

        Assert.Throws<ArgumentOutOfRangeException>(() => detector.Update(value));
        Assert.Equal(1, detector.Width);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(double.NaN)]
    public void A_delta_that_is_no_chance_is_refused(double delta) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Adwin(delta));

    [Theory]
    [InlineData(0)]
    [InlineData(37)]
    [InlineData(1999)]
    [InlineData(2040)]
    public void One_that_was_written_and_read_goes_on_as_if_it_never_had_been(int cut)
    {
        double[] values = [.. Flips(3, .9, 2000), .. Flips(4, .5, 1000)];
        var detector = new Adwin();
        Alarms(detector, values[..cut]);

        var restored = Adwin.Read(Bytes.Reader(detector.Write), version: 2);

        Assert.Equal(Alarms(detector, values[cut..]), Alarms(restored, values[cut..]));
        Assert.Equal(Bytes.Of(detector.Write), Bytes.Of(restored.Write));
    }

    [Fact]
    public void Nonsense_is_not_read()
    {
        var detector = new Adwin();
        detector.Update(1);
        var sound = Bytes.Of(detector.Write);

        // Delta, number of buckets; then the bucket's count, total and deviation.
        foreach (var place in new[] { 0, 8, 12, 20, 28 })
        {
            var broken = (byte[])sound.Clone();
            broken.AsSpan(place, place is 8 ? 4 : 8).Fill(0xFF);
            Assert.Throws<InvalidDataException>(() => Adwin.Read(new BinaryReader(new MemoryStream(broken)), version: 2));
        }

        sound.AsSpan(12).Clear();
        Assert.Throws<InvalidDataException>(() => Adwin.Read(new BinaryReader(new MemoryStream(sound)), version: 2));
    }

    private static List<int> Alarms(Adwin detector, IReadOnlyList<double> values) =>
        [.. Enumerable.Range(0, values.Count).Where(i => detector.Update(values[i]))];

    private static List<double> Flips(ulong seed, double probability, int count)
    {
        var random = new SplitMix(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble() < probability ? 1.0 : 0.0)];
    }
}
