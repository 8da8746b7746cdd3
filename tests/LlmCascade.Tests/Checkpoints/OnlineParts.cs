using LlmCascade.Deferral;
using LlmCascade.Students;
using LlmCascade.Tests.Students;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Checkpoints;

/// <summary>The parts of an online cascade's checkpoint: student, calibrator, drift detector, spending.</summary>
internal static class OnlineParts
{
    private const int Lessons = 60;

    private static readonly LabelSpace _labels = new("good", "bad");

    public static Dictionary<string, ICheckpointed> Create()
    {
        var spending = new SpendingController(ExpertBudget.OfCalls(100, 1000));
        var students = new OnlineCascade(_labels, [("lr", new StudentOptions())], seed: 1, spending);
        return new(students.Parts) { ["spending"] = spending };
    }

    public static void Train(IReadOnlyDictionary<string, ICheckpointed> parts)
    {
        var (learner, spending) = ((OnlineLearner)parts["learner"], (SpendingController)parts["spending"]);
        var texts = new MadeUpTexts(1, "good", "bad");
        for (var i = 0; i < Lessons; i++)
        {
            var (text, label) = texts.Next();
            var truth = new Generation(new ChatResponse()) { Labels = LabelDistribution.Certain(_labels, label) };
            var episode = new Episode($"{i}", null, new GenerationRequest(text), truth, new Attempt("cascade", AttemptRole.Cascade));
            Assert.True(learner.LearnAsync(new Lesson(episode, truth, TruthSource.Expert, 1)).IsCompletedSuccessfully);
            spending.Budget.CountRequest();
            Assert.True(spending.Budget.TryTake());
            spending.Observe(i / (double)Lessons);
        }
    }

    public static void Check(IReadOnlyDictionary<string, ICheckpointed> parts)
    {
        var seat = Assert.Single(((OnlineLearner)parts["learner"]).Seats);
        var prediction = seat.Student.PredictAsync(new MadeUpTexts(2, "good", "bad").Of(1));
        Assert.True(prediction.IsCompletedSuccessfully);
        var said = prediction.Result!;
        Assert.Equal(("bad", Lessons), (said.Best, seat.Lessons));
        Assert.InRange(seat.ConfidenceIn(said, "text").Value, 0.5, 1);
        Assert.Equal((Lessons, Lessons), (((SpendingController)parts["spending"]).Budget.Spent, ((SpendingController)parts["spending"]).Budget.Requests));
    }
}
