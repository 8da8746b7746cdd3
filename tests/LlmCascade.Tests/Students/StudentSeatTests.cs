using LlmCascade.Calibration;
using LlmCascade.Students;
using LlmCascade.Tests.Calibration;
using Xunit;

namespace LlmCascade.Tests.Students;

public sealed class StudentSeatTests
{
    private static readonly LabelSpace _two = new("good", "bad");

    [Fact]
    public void A_calibrator_is_made_when_it_is_needed_and_not_where_one_is_loaded()
    {
        var saved = Seat(_two);
        var bytes = Bytes.Of(saved.Write);
        var before = GC.GetAllocatedBytesForCurrentThread();

        var loaded = Seat(_two);
        loaded.Read(new BinaryReader(new MemoryStream(bytes)), version: 3)();

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal(saved.Calibrator.Parameters.ToArray(), loaded.Calibrator.Parameters.ToArray());
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 200_000);
    }

    [Theory]
    [InlineData(2, 0.08)]
    [InlineData(7, 0.1)]
    [InlineData(77, 0.2)]
    public void A_new_calibrator_believes_the_student(int labels, double tolerance)
    {
        var seat = Seat(new LabelSpace([.. Enumerable.Range(0, labels).Select(i => $"label{i}")]));
        foreach (var first in new[] { 0.55, 0.75, 0.95 })
        {
            double[] probabilities = [first, .. Enumerable.Repeat((1 - first) / (labels - 1), labels - 1)];

            var confidence = seat.ConfidenceIn(new LabelDistribution(seat.Student.Labels, [.. probabilities]), "a text of some words").Value;

            Assert.InRange(confidence, first - tolerance, first + tolerance);
        }
    }

    [Fact]
    public async Task What_answers_and_lessons_cost_includes_the_calibrator_and_the_prediction_before_each_lesson()
    {
        var student = new FixedStudent(_two, 0.5, 0.5);
        var seat = new StudentSeat("fixed", student, DeferralScore.Calibrated, seed: 1);
        var calibrator = MlpNetwork.Count(7) / 110e6;
        for (var i = 0; i < 10; i++)
        {
            seat.CountAnswer();
        }

        Assert.Equal(10 * (1 + calibrator), seat.InferenceCost, 1e-12);
        Assert.Equal(0, seat.TrainingCost);
        seat.CountCheck(hasAgreed: true);
        await student.LearnAsync(new Demonstration("text", 0));
        Assert.Equal(2 + 1 + (4 * calibrator), seat.TrainingCost, 1e-12);
    }

    private static StudentSeat Seat(LabelSpace labels) => new(
        "fixed", new FixedStudent(labels, [.. labels.Labels.Select(_ => 1.0 / labels.Labels.Length)]), DeferralScore.Calibrated, seed: 1);
}
