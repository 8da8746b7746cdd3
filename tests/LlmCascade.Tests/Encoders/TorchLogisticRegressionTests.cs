using LlmCascade.Evaluation;
using LlmCascade.Students;
using LlmCascade.Tests.Calibration;
using LlmCascade.Tests.Evaluation;
using Xunit;

namespace LlmCascade.Tests.Encoders;

public sealed class TorchLogisticRegressionTests : IDisposable
{
    private static readonly RecordedStream _stream = CascadeMethodTests.Make(seed: 3);

    private readonly List<TorchLogisticRegressionStudent> _students = [];

    public void Dispose() => _students.ForEach(student => student.Dispose());

    [Fact]
    public async Task It_learns_what_the_managed_student_learns()
    {
        var (student, managed) = (Create(), LogisticStudent.Create(_stream.Labels, seed: 1));
        Assert.False(student.CanPredict);
        Assert.Null(await student.PredictAsync("a text", TestContext.Current.CancellationToken));

        await TeachAsync(student, 0, 400);
        await TeachAsync(managed, 0, 400);

        var (right, rightManaged) = (await CountRightAsync(student), await CountRightAsync(managed));
        Assert.True(right > rightManaged - 25, $"{right} and {rightManaged} of 500");
        Assert.Equal(1, (await student.PredictAsync("", TestContext.Current.CancellationToken))!.Probabilities.Sum(), 1e-6);
    }

    [Fact]
    public async Task What_is_restored_goes_on_as_if_it_had_never_stopped()
    {
        var (whole, first, second) = (Create(), Create(), Create(seed: 99));
        await TeachAsync(whole, 0, 60);
        await TeachAsync(first, 0, 31);

        second.Read(new BinaryReader(new MemoryStream(Bytes.Of(first.Write))), 1)();
        await TeachAsync(second, 31, 60);

        Assert.Equal(Bytes.Of(whole.Write), Bytes.Of(second.Write));
        Assert.Equal(whole.Steps, second.Steps);
    }

    [Fact]
    public async Task A_correction_takes_the_place_of_what_was_learned()
    {
        var student = Create();
        await student.LearnAsync(new Demonstration("xylophone", 0), TestContext.Current.CancellationToken);
        await student.LearnAsync(new Demonstration("xylophone", 1) { IsCorrection = true }, TestContext.Current.CancellationToken);
        await TeachAsync(student, 0, 40);

        Assert.Equal(_stream.Labels.Labels[1], (await student.PredictAsync("xylophone", TestContext.Current.CancellationToken))!.Best);
    }

    [Fact]
    public async Task Half_a_state_and_the_state_of_other_labels_are_refused_and_change_nothing()
    {
        var student = Create();
        await TeachAsync(student, 0, 20);
        var before = Bytes.Of(student.Write);
        var other = new TorchLogisticRegressionStudent(new LabelSpace("x", "y"), seed: 1, "cpu");
        _students.Add(other);

        Assert.Throws<InvalidDataException>(() => student.Read(new BinaryReader(new MemoryStream(Bytes.Of(other.Write))), 1));
        Assert.Throws<InvalidDataException>(() => student.Read(new BinaryReader(new MemoryStream(before[..^500])), 1));

        Assert.Equal(before, Bytes.Of(student.Write));
    }

    [Fact]
    public async Task It_answers_from_as_many_lessons_on_as_the_managed_student_and_reads_no_weights_that_are_not_finite()
    {
        var student = Create();
        await TeachAsync(student, 0, LogisticStudent.FirstLessons - 1);
        Assert.False(student.CanPredict);
        await TeachAsync(student, 30, 31);
        Assert.True(student.CanPredict);

        var bytes = Bytes.Of(student.Write);
        var labels = new BinaryReader(new MemoryStream(bytes)).ReadString().Length + 1;
        var rows = BitConverter.ToInt64(bytes, labels + 24);
        BitConverter.TryWriteBytes(bytes.AsSpan(labels + 32 + (int)(8 * rows)), float.NaN);
        Assert.Contains("finite", Assert.Throws<InvalidDataException>(() => student.Read(new BinaryReader(new MemoryStream(bytes)), 1)).Message, StringComparison.Ordinal);

        var install = student.Read(new BinaryReader(new MemoryStream(Bytes.Of(student.Write))), 1);
        student.Dispose();
        install();
        Assert.False(student.CanPredict);
    }

    [Fact]
    public async Task Many_may_ask_while_it_learns_and_nobody_is_answered_once_it_is_disposed()
    {
        var student = Create();
        await TeachAsync(student, 0, 20);

        var asking = Task.Run(() => Parallel.ForAsync(0, 200, async (i, token) =>
            Assert.Equal(1, (await student.PredictAsync(_stream.Items[i].Text, token))!.Probabilities.Sum(), 1e-6)));
        await TeachAsync(student, 20, 100);
        await asking;

        student.Dispose();
        Assert.Null(await student.PredictAsync("a text", TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => TeachAsync(student, 0, 1));
    }

    [Fact]
    public async Task It_is_a_student_of_a_cascade_like_any_other()
    {
        var report = await Replay.RunAsync(_stream, new ReplayOptions(ReplayBudget.Calls(300))
        {
            Tiers = [new ReplayTier("torch", student => student.UseTorchLogisticRegression())],
        });

        Assert.Equal(300, report.ExpertCalls);
        Assert.True(report.Accuracy > report.Baselines.RandomAtEqualCalls, $"{report.Accuracy} is not above {report.Baselines.RandomAtEqualCalls}.");
    }

    private TorchLogisticRegressionStudent Create(ulong seed = 1)
    {
        _students.Add(new TorchLogisticRegressionStudent(_stream.Labels, seed, "cpu"));
        return _students[^1];
    }

    private static async Task TeachAsync(IStudent student, int from, int to)
    {
        foreach (var item in _stream.Items.Take(to).Skip(from))
        {
            await student.LearnAsync(new Demonstration(item.Text, _stream.Labels.IndexOf(item.Gold)), TestContext.Current.CancellationToken);
        }
    }

    private static async Task<int> CountRightAsync(IStudent student)
    {
        var right = 0;
        foreach (var item in _stream.Items.Skip(1000))
        {
            right += (await student.PredictAsync(item.Text, TestContext.Current.CancellationToken))!.Best == item.Gold ? 1 : 0;
        }

        return right;
    }
}
