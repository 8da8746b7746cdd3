using CsCheck;
using LlmCascade.Calibration;
using LlmCascade.Students;
using Xunit;
using static LlmCascade.Tests.Students.LabelledTexts;

namespace LlmCascade.Tests.Students;

public sealed class LogisticTrainerTests
{
    [Fact]
    public void Before_anything_is_learned_all_classes_are_equally_likely() =>
        Assert.Equal([0.25, 0.25, 0.25, 0.25], Predict(new LogisticTrainer(Settings(4), 1).Model, [1, 2, 3]));

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(50)]
    public void What_can_be_told_apart_is_learned(int classes)
    {
        var trainer = new LogisticTrainer(Settings(classes), 1);

        Teach(trainer, 40 * classes, classes, new SplitMix(1));

        for (var label = 0; label < classes; label++)
        {
            Assert.InRange(Recall(trainer.Model, label, new SplitMix(2)), 0.9, 1);
        }
    }

    [Fact]
    public void Both_weightings_learn()
    {
        var trainer = new LogisticTrainer(Settings(3) with { Weighting = TermWeighting.InverseDocumentFrequency }, 1);

        Teach(trainer, 200, 3, new SplitMix(1));

        Assert.InRange(Recall(trainer.Model, 2, new SplitMix(2)), 0.9, 1);
    }

    [Fact]
    public void Probabilities_sum_to_1_for_any_features()
    {
        var trainer = new LogisticTrainer(Settings(5), 1);
        Teach(trainer, 100, 5, new SplitMix(1));

        Gen.Int[0, Dimension - 1].Array[0, 600].Sample(features =>
        {
            var probabilities = Predict(trainer.Model, [.. features.Distinct()]);
            return Math.Abs(probabilities.Sum() - 1) < 1e-12 && probabilities.All(probability => probability is >= 0 and <= 1);
        });
    }

    [Fact]
    public void A_label_that_appears_late_is_learned()
    {
        var trainer = new LogisticTrainer(Settings(3), 1);
        var random = new SplitMix(1);
        Teach(trainer, 300, 2, random);
        Assert.Equal(0, Recall(trainer.Model, 2, new SplitMix(2)));

        for (var i = 0; i < 30; i++)
        {
            trainer.Learn(Make(2, random), 2);
        }

        Assert.InRange(Recall(trainer.Model, 2, new SplitMix(2)), 0.9, 1);
    }

    [Fact]
    public void Balance_raises_a_rare_class()
    {
        var plain = RareClass(0);
        var balanced = RareClass(1);

        Assert.True(balanced > plain + 0.02, $"{balanced} against {plain}");

        static double RareClass(double balance)
        {
            var trainer = new LogisticTrainer(Settings(2) with { Balance = balance }, 1);
            var random = new SplitMix(1);
            for (var i = 0; i < 400; i++)
            {
                var label = i % 40 == 0 ? 1 : 0;
                trainer.Learn(Make(label, random), label);
            }

            return Enumerable.Range(0, 100).Average(_ => Predict(trainer.Model, Make(1, random))[1]);
        }
    }

    [Fact]
    public void Empty_texts_teach_how_frequent_the_classes_are()
    {
        var trainer = new LogisticTrainer(Settings(2), 1);
        for (var i = 0; i < 100; i++)
        {
            trainer.Learn([], i % 4 == 0 ? 1 : 0);
        }

        Assert.InRange(Predict(trainer.Model, [])[1], 0.2, 0.3);
    }

    [Fact]
    public void Equal_lessons_and_an_equal_seed_give_equal_bits()
    {
        Assert.Equal(State(1), State(1));
        Assert.NotEqual(State(1), State(2));

        static byte[] State(ulong seed)
        {
            var trainer = new LogisticTrainer(Settings(3), seed);
            Teach(trainer, 150, 3, new SplitMix(7));
            return Save(trainer);
        }
    }

    [Fact]
    public void A_model_changes_only_at_a_replay_and_then_as_another_one()
    {
        var trainer = new LogisticTrainer(Settings(2), 1);
        var random = new SplitMix(1);
        Teach(trainer, 50, 2, random);
        var text = Make(1, random);
        var model = trainer.Model;
        var before = Predict(model, text);

        var hasChanged = false;
        while (!hasChanged)
        {
            Assert.Same(model, trainer.Model);
            hasChanged = trainer.Learn(text, 0);
        }

        Assert.NotSame(model, trainer.Model);
        Assert.Equal(before, Predict(model, text));
        Assert.NotEqual(before, Predict(trainer.Model, text));
    }

    [Fact]
    public async Task Readers_of_a_model_see_one_state_while_others_are_published()
    {
        var trainer = new LogisticTrainer(Settings(2), 1);
        Teach(trainer, 50, 2, new SplitMix(1));
        var model = trainer.Model;
        var text = Make(1, new SplitMix(3));
        var expected = Predict(model, text);

        var writer = Task.Run(() => Teach(trainer, 2000, 2, new SplitMix(4)));
        do
        {
            Assert.Equal(expected, Predict(model, text));
        }
        while (!writer.IsCompleted);
        await writer;
    }

    [Fact]
    public void A_sample_of_limited_size_is_kept_of_many_lessons()
    {
        var trainer = new LogisticTrainer(Settings(2) with { Capacity = 100 }, 1);

        Teach(trainer, 1000, 2, new SplitMix(1));

        Assert.Equal(100, trainer.Demonstrations);
        Assert.InRange(Recall(trainer.Model, 1, new SplitMix(2)), 0.9, 1);
    }

    [Fact]
    public void Forgetting_leaves_the_newest_demonstrations()
    {
        var trainer = new LogisticTrainer(Settings(2), 1);
        var random = new SplitMix(1);
        Teach(trainer, 400, 2, random);
        for (var i = 0; i < 60; i++)
        {
            // The world has changed: the labels are the other way round.
            trainer.Learn(Make(i % 2, random), 1 - (i % 2));
        }

        Assert.InRange(Recall(trainer.Model, 1, new SplitMix(2)), 0.7, 1);
        trainer.Forget(60);

        Assert.Equal(60, trainer.Demonstrations);
        Assert.InRange(Recall(trainer.Model, 1, new SplitMix(2)), 0, 0.2);
    }

    [Fact]
    public void Who_forgets_everything_knows_nothing()
    {
        var trainer = new LogisticTrainer(Settings(2), 1);
        Teach(trainer, 100, 2, new SplitMix(1));

        trainer.Forget(0);

        Assert.Equal([0.5, 0.5], Predict(trainer.Model, Make(1, new SplitMix(2))));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void A_label_that_there_is_not_is_refused(int label)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new LogisticTrainer(Settings(2), 1).Learn([1], label));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LogisticTrainer(Settings(2), 1).Correct([1], label));
    }

    [Fact]
    public void A_correction_takes_the_place_of_what_was_learned_and_a_repetition_changes_nothing()
    {
        var (corrected, right) = (new LogisticTrainer(Settings(2), 1), new LogisticTrainer(Settings(2), 1));
        for (var i = 0; i < 30; i++)
        {
            corrected.Remember([i, 500], i % 5 == 0 ? 1 - (i % 2) : i % 2);
            right.Remember([i, 500], i % 2);
        }

        for (var i = 0; i < 30; i += 5)
        {
            corrected.Correct([i, 500], i % 2);
            corrected.Correct([i, 500], i % 2);
        }

        corrected.Forget(30);
        right.Forget(30);
        Assert.Equal(30, corrected.Demonstrations);
        Assert.Equal(Predict(right.Model, [7, 500])[1], Predict(corrected.Model, [7, 500])[1], 1e-3);
    }

    [Fact]
    public void A_correction_of_what_was_never_learned_is_learned()
    {
        var trainer = new LogisticTrainer(Settings(2), 1);
        for (var i = 0; i < LogisticStudent.FirstLessons; i++)
        {
            trainer.Correct([i], i % 2);
        }

        Assert.Equal(LogisticStudent.FirstLessons, trainer.Model.Demonstrations);
    }

    [Fact]
    public void Every_time_that_a_demonstration_is_gone_over_counts_as_a_step_its_entry_included()
    {
        var trainer = new LogisticTrainer(Settings(2), 1);
        Teach(trainer, LogisticStudent.FirstLessons, 2, new SplitMix(1));

        Assert.Equal(LogisticStudent.FirstLessons * (1 + Settings(2).Passes), trainer.Steps);
    }
}
