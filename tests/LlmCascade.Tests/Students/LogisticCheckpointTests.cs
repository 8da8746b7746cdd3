using CsCheck;
using LlmCascade.Calibration;
using LlmCascade.Students;
using Xunit;
using static LlmCascade.Tests.Students.LabelledTexts;

namespace LlmCascade.Tests.Students;

public sealed class LogisticCheckpointTests
{
    [Fact]
    public void Who_is_restored_goes_on_as_if_never_stopped() =>
        Gen.Select(Gen.Int[0, 200], Gen.Int[0, 120], Gen.Int[2, 5], Gen.Int[20, 300]).Sample((before, after, classes, capacity) =>
        {
            var settings = Settings(classes) with { Capacity = capacity };
            var random = new SplitMix(3);
            var trainer = new LogisticTrainer(settings, 1);
            Teach(trainer, before, classes, random);
            var restored = Load(Save(trainer), settings);
            var state = random.State;

            Assert.Equal(Save(trainer), Save(restored));
            Teach(trainer, after, classes, new SplitMix(state));
            Teach(restored, after, classes, new SplitMix(state));

            var text = Make(1, random);
            return Save(trainer).SequenceEqual(Save(restored))
                && Predict(trainer.Model, text).SequenceEqual(Predict(restored.Model, text));
        }, iter: 50);

    [Fact]
    public void What_was_forgotten_stays_forgotten()
    {
        var trainer = new LogisticTrainer(Settings(2), 1);
        Teach(trainer, 100, 2, new SplitMix(1));
        trainer.Forget(10);

        var restored = Load(Save(trainer), Settings(2));
        Teach(trainer, 50, 2, new SplitMix(2));
        Teach(restored, 50, 2, new SplitMix(2));

        Assert.Equal(Save(trainer), Save(restored));
    }

    [Theory]
    [InlineData(3, Dimension)]
    [InlineData(2, 2 * Dimension)]
    public void The_state_of_another_shape_is_refused(int classes, int dimension)
    {
        var bytes = Save(new LogisticTrainer(Settings(2), 1));

        var exception = Assert.Throws<InvalidDataException>(() => Load(bytes, new LogisticSettings(classes, dimension)));

        Assert.Contains("2 classes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nonsense_is_refused_or_harmless()
    {
        var trainer = new LogisticTrainer(Settings(2), 1);
        Teach(trainer, 20, 2, new SplitMix(1));
        var bytes = Save(trainer);

        for (var place = 0; place < bytes.Length; place++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[place] ^= 0x7F;
            try
            {
                Load(damaged, Settings(2)).Replay();
            }
            catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException)
            {
                // Damage that shows. Damage of a weight does not; the checksum of the file is for that.
            }
        }
    }

    // Class count, dimension, random state, lessons, new ones, steps; the vocabulary; then texts and model.
    [Theory]
    [InlineData(16)]
    [InlineData(24)]
    [InlineData(28)]
    public void A_counter_below_0_is_refused(int place)
    {
        var bytes = Save(new LogisticTrainer(Settings(2), 1));
        bytes.AsSpan(place, place == 24 ? 4 : 8).Fill(0xFF);

        Assert.Throws<InvalidDataException>(() => Load(bytes, Settings(2)));
    }

    [Fact]
    public void What_is_no_number_is_refused_among_estimates_intercepts_and_rows()
    {
        var trainer = new LogisticTrainer(Settings(2), 1);
        for (var i = 0; i < LogisticStudent.FirstLessons; i++)
        {
            trainer.Learn([7], i % 2);
        }

        // One feature, so that each text is label, lesson, two estimates, the number of its features and the one.
        const int Text = 4 + 8 + 16 + 4 + 1;
        var (bytes, texts) = (Save(trainer), 36 + 4 + 4 + 4);
        var model = texts + (LogisticStudent.FirstLessons * Text);
        foreach (var (place, size) in new[] { (texts + 12, 8), (model + 4, 4), (model + 8, 8), (model + 16, 8), (model + 28, 4) })
        {
            var broken = (byte[])bytes.Clone();
            broken.AsSpan(place, size).Fill(0xFF);
            Assert.Throws<InvalidDataException>(() => Load(broken, Settings(2)));
        }
    }
}
