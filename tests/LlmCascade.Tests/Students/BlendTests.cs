using CsCheck;
using LlmCascade.Students;
using Xunit;

namespace LlmCascade.Tests.Students;

public sealed class BlendTests
{
    private static readonly LabelSpace _labels = new("a", "b", "c");

    private static readonly Gen<LabelDistribution> _distributions =
        Gen.Double[0, 1].Array[3].Where(each => each.Sum() > 0).Select(each => new LabelDistribution(_labels, [.. each.Select(p => p / each.Sum())]));

    [Fact]
    public void Two_who_agree_are_no_less_sure_together_than_apart_and_who_says_nothing_changes_no_order() =>
        _distributions.Sample(said =>
        {
            var flat = new LabelDistribution(_labels, 1 / 3.0, 1 / 3.0, 1 / 3.0);
            var mixed = new Blend().Mix(said, said);

            Assert.Equal(1, mixed.Probabilities.Sum(), 1e-9);
            Assert.True(mixed.Probabilities.Max() >= said.Probabilities.Max() - 1e-3);
            Assert.Equal(said.Best, new Blend().Mix(said, flat).Best);
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Who_is_right_gets_the_weight(bool isEarlierRight)
    {
        var right = new LabelDistribution(_labels, 0.7, 0.2, 0.1);
        var wrong = new LabelDistribution(_labels, 0.1, 0.8, 0.1);
        var blend = new Blend();
        Assert.Equal("b", Mix().Best);

        for (var i = 0; i < 200; i++)
        {
            blend.Learn(isEarlierRight ? right : wrong, isEarlierRight ? wrong : right, 0);
        }

        Assert.Equal("a", Mix().Best);

        LabelDistribution Mix() => blend.Mix(isEarlierRight ? right : wrong, isEarlierRight ? wrong : right);
    }

    [Fact]
    public void It_is_written_and_read_whole_and_nonsense_is_refused()
    {
        var blend = new Blend();
        var (one, other) = (new LabelDistribution(_labels, 0.7, 0.2, 0.1), new LabelDistribution(_labels, 0.2, 0.5, 0.3));
        blend.Learn(one, other, 2);

        var read = Blend.Read(new BinaryReader(new MemoryStream(Save(blend))));

        Assert.Equal(blend.Mix(one, other).Probabilities, read.Mix(one, other).Probabilities);
        Assert.Throws<InvalidDataException>(() => Blend.Read(new BinaryReader(new MemoryStream([.. BitConverter.GetBytes(double.NaN), .. BitConverter.GetBytes(1.0)]))));
    }

    private static byte[] Save(Blend blend)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        blend.Write(writer);
        return stream.ToArray();
    }
}
