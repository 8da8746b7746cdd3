using LlmCascade.Bert;
using LlmCascade.Calibration;
using LlmCascade.Students;
using Xunit;

namespace LlmCascade.Tests.Encoders;

public sealed class BertStudentTests : IDisposable
{
    private static readonly LabelSpace _labels = new("good", "bad");

    private readonly TinyBert _folder = new TinyBert().WriteWeights();
    private readonly List<BertStudent> _students = [];

    public void Dispose()
    {
        _students.ForEach(student => student.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public async Task It_knows_nothing_at_first_and_learns_from_demonstrations()
    {
        var student = Create();
        Assert.False(student.CanPredict);
        Assert.Null(await student.PredictAsync("a good day", TestContext.Current.CancellationToken));

        await TeachAsync(student, 400);

        Assert.True(student.CanPredict);
        Assert.Equal("good", (await PredictAsync(student, "the fine day"))!.Best);
        Assert.Equal("bad", (await PredictAsync(student, "a poor night"))!.Best);
        Assert.InRange(student.Steps, 1_000, 4_000);
        Assert.InRange(student.Cost, 1e-6, 1e-3);
    }

    [Theory]
    [InlineData(0, false, false)]
    [InlineData(0, true, true)]
    [InlineData(1, true, false)]
    [InlineData(2, true, true)]
    public async Task What_is_restored_goes_on_exactly_as_if_it_had_never_stopped(int frozenLayers, bool freezeEmbeddings, bool usePooler)
    {
        var options = new BertOptions { FrozenLayers = frozenLayers, FreezeEmbeddings = freezeEmbeddings, UsePooler = usePooler };
        var (whole, first, second) = (Create(options), Create(options), Create(options, seed: 99));
        await TeachAsync(whole, 60);
        await TeachAsync(first, 31);

        Restore(second, Save(first));

        Assert.Equal(await ProbabilitiesAsync(first), await ProbabilitiesAsync(second));
        await TeachAsync(second, 60, from: 31);
        Assert.Equal(await ProbabilitiesAsync(whole), await ProbabilitiesAsync(second));
        Assert.Equal(Save(whole), Save(second));
    }

    [Fact]
    public async Task Draws_are_its_own_whatever_else_draws_in_the_process()
    {
        var (one, other) = (Create(), Create());
        await TeachAsync(one, 40);
        TorchSharp.torch.manual_seed(5);

        for (var i = 0; i < 40; i++)
        {
            TorchSharp.torch.rand(3).Dispose();
            await TeachAsync(other, i + 1, from: i);
        }

        Assert.Equal(Save(one), Save(other));
    }

    [Fact]
    public async Task A_state_of_another_vocabulary_is_refused()
    {
        var student = Create();
        await TeachAsync(student, 20);
        var words = await File.ReadAllLinesAsync(_folder.PathOf("vocab.txt"), TestContext.Current.CancellationToken);
        (words[4], words[5]) = (words[5], words[4]);
        await File.WriteAllLinesAsync(_folder.PathOf("vocab.txt"), words, TestContext.Current.CancellationToken);

        Assert.Throws<InvalidDataException>(() => Restore(Create(), Save(student)));
    }

    [Fact]
    public async Task A_label_out_of_range_and_a_student_that_was_disposed_learn_nothing_and_say_so()
    {
        var student = Create();
        await TeachAsync(student, 20);
        var before = Save(student);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => student.LearnAsync(new Demonstration("a day", 2)).AsTask());
        Assert.Equal(before, Save(student));

        var learning = TeachAsync(student, 500);
        student.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => learning);
        Assert.Throws<ObjectDisposedException>(() => Save(student));
        Assert.Null(await PredictAsync(student, "a good day"));
    }

    [Fact]
    public async Task A_step_whose_gradients_are_not_finite_is_not_taken_and_weights_that_are_not_finite_are_not_read()
    {
        var student = Create();
        await TeachAsync(student, 20);
        var bytes = Save(student);
        using (var optimizer = new FlatAdamW(2))
        using (var weights = TorchSharp.torch.ones(2))
        using (var gradients = TorchSharp.torch.tensor(new[] { float.NaN, 1 }))
        {
            Assert.Equal(double.NaN, optimizer.Step(weights, gradients, [(2, 0.1)], 1));
            Assert.Equal([1, 1], weights.data<float>().ToArray());
            Assert.Equal(0, optimizer.Steps);
        }

        // Behind the origin, random state, steps due, steps and the number of weights.
        var place = 8 + 8 + 8 + 8 + 2 + new BinaryReader(new MemoryStream(bytes)).ReadString().Length;
        BitConverter.TryWriteBytes(bytes.AsSpan(place), float.NaN);
        Assert.Contains("finite", Assert.Throws<InvalidDataException>(() => Restore(Create(), bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_of_another_encoder_other_labels_or_half_a_state_changes_nothing()
    {
        var student = Create();
        await TeachAsync(student, 20);
        var before = Save(student);

        Assert.Throws<InvalidDataException>(() => Restore(student, Save(Create(new BertOptions { FrozenLayers = 1 }))));
        Assert.Throws<InvalidDataException>(() => Restore(student, Save(Create(labels: new LabelSpace("bad", "good")))));
        Assert.Throws<EndOfStreamException>(() => Restore(student, before[..^100]));
        Assert.Equal(before, Save(student));
    }

    [Fact]
    public async Task A_correction_takes_the_place_of_what_was_learned_and_the_same_label_changes_nothing()
    {
        var student = Create();
        await TeachAsync(student, 10);
        var before = Save(student);

        await student.LearnAsync(new Demonstration(TextOf(3), LabelOf(3)) { IsCorrection = true }, TestContext.Current.CancellationToken);
        Assert.Equal(before, Save(student));

        await student.LearnAsync(new Demonstration(TextOf(3), 1 - LabelOf(3)) { IsCorrection = true }, TestContext.Current.CancellationToken);
        Assert.Equal(before.Length, Save(student).Length);
        Assert.NotEqual(before, Save(student));
    }

    [Fact]
    public async Task Readers_see_whole_models_only_while_it_learns()
    {
        const int Lessons = 120;
        var (student, twin) = (Create(), Create());
        var published = new HashSet<double>();
        for (var i = 0; i < Lessons; i++)
        {
            await TeachAsync(twin, i + 1, from: i);
            published.Add((await PredictAsync(twin, "the good night"))?.Probabilities[0] ?? -1);
        }

        await TeachAsync(student, 2);
        using var done = new CancellationTokenSource();
        var asked = new int[3];
        var readers = Enumerable.Range(0, asked.Length).Select(reader => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                Assert.Contains((await PredictAsync(student, "the good night"))!.Probabilities[0], published);
                Interlocked.Increment(ref asked[reader]);
            }
        })).ToList();

        await TeachAsync(student, Lessons, from: 2);

        // On a busy machine a reader may begin late.
        while (asked.Any(each => each == 0) && !readers.Exists(reader => reader.IsFaulted))
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Fact]
    public async Task What_is_restored_keeps_no_more_demonstrations_than_the_student_may_keep()
    {
        var (large, small) = (Create(), Create(new BertOptions { Capacity = 8 }));
        await TeachAsync(large, 17);
        Restore(small, Save(large));
        await TeachAsync(small, 18, from: 17);
        var fresh = Create(new BertOptions { Capacity = 8 });
        await TeachAsync(fresh, 18);

        Assert.InRange(Save(small).Length - Save(fresh).Length, -300, 300);
        Assert.True(Save(large).Length - Save(small).Length > 100);
    }

    [Fact]
    public async Task A_state_that_has_learned_nothing_answers_nothing_and_one_that_comes_after_the_end_is_let_go()
    {
        var (student, other) = (Create(), Create());
        var untrained = Save(other);
        await TeachAsync(student, 20);
        var install = student.Read(new BinaryReader(new MemoryStream(Save(student))), student.Version);

        Restore(student, untrained);
        Assert.False(student.CanPredict);
        Assert.Equal(0, student.Steps);

        student.Dispose();
        install();
        Assert.False(student.CanPredict);
    }

    [Fact]
    public async Task Cancellation_ends_learning_after_the_step_that_is_being_taken()
    {
        var student = Create(new BertOptions { StepsPerDemonstration = 100 });
        await TeachAsync(student, 4);
        var before = student.Steps;
        using var cancelled = new CancellationTokenSource();
        var learning = student.LearnAsync(new Demonstration(TextOf(4), LabelOf(4)), cancelled.Token).AsTask();
        while (student.Steps == before)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => learning);
        Assert.InRange(student.Steps, before + 1, before + 499);
    }

    [Fact]
    public async Task Blanks_around_a_text_are_not_what_is_read_of_it()
    {
        var student = Create(new BertOptions { MaxTokens = 12 });
        await TeachAsync(student, 30);
        var blanks = new string(' ', 5_000) + new string('\0', 100);

        Assert.Equal((await PredictAsync(student, "the fine day"))!.Probabilities, (await PredictAsync(student, $"{blanks}the fine day{blanks}"))!.Probabilities);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t\n")]
    [InlineData("😀 \u0001\u0007 \ufffd nul\u0000inside 👨‍👩‍👧")]
    [InlineData("[SEP] [CLS] ##s <br />")]
    public async Task Any_text_can_be_learned_and_asked(string text)
    {
        var student = Create();
        await TeachAsync(student, 4);
        await student.LearnAsync(new Demonstration(text, 1), TestContext.Current.CancellationToken);

        Assert.NotNull(await PredictAsync(student, text));
    }

    [Fact]
    public async Task Of_a_very_long_text_the_beginning_and_the_end_are_read()
    {
        var student = Create(new BertOptions { MaxTokens = 12 });
        await TeachAsync(student, 30);
        var middle = string.Join(' ', Enumerable.Repeat("bad", 100_000));

        var one = await PredictAsync(student, $"good day good day good {middle} the fine day fine day");
        var other = await PredictAsync(student, $"good day good day good {middle} the poor night poor night");
        var same = await PredictAsync(student, $"good day good day good {middle.Replace("bad", "poor", StringComparison.Ordinal)} the fine day fine day");

        Assert.Equal(one!.Probabilities, same!.Probabilities);
        Assert.NotEqual(one.Probabilities, other!.Probabilities);
    }

    [Fact]
    public async Task Who_forgets_learns_the_new_world()
    {
        var student = Create();
        await TeachAsync(student, 100);
        student.Forget(0);
        for (var i = 0; i < 500; i++)
        {
            await student.LearnAsync(new Demonstration(TextOf(i), 1 - LabelOf(i)), TestContext.Current.CancellationToken);
        }

        Assert.Equal("bad", (await PredictAsync(student, "the fine day"))!.Best);
    }

    private BertStudent Create(BertOptions? options = null, LabelSpace? labels = null, ulong seed = 1)
    {
        options ??= new BertOptions();
        options.LearningRate = options.HeadLearningRate = 5e-3;
        options.MaxTokens = Math.Min(options.MaxTokens, TinyBert.Config.Positions);
        _students.Add(BertStudent.Load(_folder.Path, labels ?? _labels, options, seed));
        return _students[^1];
    }

    private static string TextOf(int i)
    {
        var random = new SplitMix((ulong)i);
        string[] words = [LabelOf(i) == 0 ? "good" : "bad", LabelOf(i) == 0 ? "fine" : "poor"];
        return $"{(random.Below(2) == 0 ? "a" : "the")} {words[random.Below(2)]} {(random.Below(2) == 0 ? "day" : "night")} {string.Join(' ', Enumerable.Range(0, random.Below(12)).Select(_ => $"word{20 + random.Below(40)}"))}";
    }

    private static int LabelOf(int i) => i % 2;

    private static async Task TeachAsync(BertStudent student, int until, int from = 0)
    {
        for (var i = from; i < until; i++)
        {
            await student.LearnAsync(new Demonstration(TextOf(i), LabelOf(i)), TestContext.Current.CancellationToken);
        }
    }

    private static ValueTask<LabelDistribution?> PredictAsync(BertStudent student, string text) =>
        student.PredictAsync(text, TestContext.Current.CancellationToken);

    private static async Task<List<double>> ProbabilitiesAsync(BertStudent student)
    {
        var all = new List<double>();
        for (var i = 1000; i < 1020; i++)
        {
            all.AddRange((await PredictAsync(student, TextOf(i)))!.Probabilities);
        }

        return all;
    }

    private static byte[] Save(BertStudent student)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        student.Write(writer);
        return stream.ToArray();
    }

    private static void Restore(BertStudent student, byte[] bytes) => student.Read(new BinaryReader(new MemoryStream(bytes)), student.Version)();
}
