using LlmCascade.Calibration;
using Xunit;

namespace LlmCascade.Tests.Calibration;

public sealed class SplitMixTests
{
    [Fact]
    public void The_numbers_are_those_of_the_reference_implementation()
    {
        // What Vigna's splitmix64.c prints for the seed 1234567.
        var random = new SplitMix(1234567);

        Assert.Equal(6457827717110365317UL, random.Next());
        Assert.Equal(3203168211198807973UL, random.Next());
        Assert.Equal(9817491932198370423UL, random.Next());
    }

    [Fact]
    public void A_generator_made_from_the_state_of_another_goes_on_where_that_stands()
    {
        var random = new SplitMix(7);
        random.Next();
        var twin = new SplitMix(random.State);

        Assert.Equal(random.Next(), twin.Next());
    }

    [Fact]
    public void Doubles_fill_the_range_from_0_to_below_1_evenly()
    {
        var random = new SplitMix(0);
        var counts = new int[10];
        for (var i = 0; i < 10_000; i++)
        {
            counts[(int)(random.NextDouble() * 10)]++;
        }

        Assert.All(counts, count => Assert.InRange(count, 900, 1100));
    }
}
