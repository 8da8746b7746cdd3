using LlmCascade.Calibration;
using LlmCascade.Deferral;
using LlmCascade.Students;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Students;

/// <summary>The paper's own mode, against the schedule and the formulas of its text (arXiv 2402.04513).</summary>
public sealed class PaperModeTests
{
    private const double Mu = 5e-4;

    private static readonly LabelSpace _labels = new("no", "yes");
    private static readonly double[] _first = [0.7, 0.3];
    private static readonly double[] _second = [0.2, 0.8];

    [Fact]
    public async Task The_warm_up_lasts_ten_updates_of_every_student()
    {
        var students = Make();

        await TeachAsync(students, 159);
        Assert.Equal(DeferralReasons.WarmUp, (await JudgeAsync(students, "first", _first)).Reason);

        await TeachAsync(students, 1);
        Assert.NotEqual(DeferralReasons.WarmUp, (await JudgeAsync(students, "first", _first)).Reason);
    }

    [Theory]
    [InlineData(160, 0.544, 0.599)]
    [InlineData(500, 0.151, 0.204)]
    [InlineData(1000, 0.022, 0.042)]
    public async Task A_keep_is_explored_with_a_probability_that_decays_with_updates_and_then_the_expert_is_asked(
        int calls, double first, double second)
    {
        var students = Make();
        await TeachAsync(students, calls);

        foreach (var (name, said, expected) in new[] { ("first", _first, first), ("second", _second, second) })
        {
            var policy = students.PolicyOf(name)!;
            var answer = Said(said) with { Confidence = Confidence.Measured(0.9) };
            var draws = new List<Verdict>();
            for (var i = 0; i < 40; i++)
            {
                draws.Add(await policy.JudgeAsync(Request($"{i}"), answer, new LlmCascade.Escalation.CascadeSettings { Seed = (ulong)i }));
            }

            Assert.All(draws, verdict => Assert.Equal(
                expected, verdict.Decision == Decision.Keep ? 1 - verdict.Probability!.Value : verdict.Probability!.Value, 0.0006));
            Assert.All(draws.Where(verdict => verdict.Decision != Decision.Keep), verdict => Assert.Equal(Decision.DeferToExpert, verdict.Decision));
        }
    }

    [Fact]
    public async Task A_calibrator_above_one_half_defers_and_one_below_keeps()
    {
        var students = Make(decay: 0);
        await TeachAsync(students, 160);

        Assert.Equal(Decision.Keep, (await JudgeAsync(students, "first", _first, confidence: 0.5)).Decision);
        Assert.Equal(Decision.Defer, (await JudgeAsync(students, "first", _first, confidence: 0.49)).Decision);
    }

    [Fact]
    public async Task Calibrators_follow_the_gradient_of_squared_error_and_objective_after_the_second_update_with_the_factor_after_the_warm_up()
    {
        var students = Make();
        MlpCalibrator[] mine = [.. students.Seats.Select(seat => new MlpCalibrator(2, seat.Paper!.LearningRate, seed: 0))];
        students.Seats[0].Calibrator.Parameters.CopyTo(mine[0].Parameters);
        students.Seats[1].Calibrator.Parameters.CopyTo(mine[1].Parameters);

        for (var lesson = 1; lesson <= 200; lesson++)
        {
            // Students are updated with the cache, so what counts is how many lessons came before this one.
            var updates = (lesson - 1) / 16;
            if (updates > 2)
            {
                double[] d = [mine[0].Forward(_first), mine[1].Forward(_second)];
                double[] losses = [-Math.Log(0.3), -Math.Log(0.8)];
                double[] targets = [1, updates >= 10 ? 0.3 : 0];
                double[] gradient = [
                    (Mu * 1) + ((1 - d[1]) * losses[1]) + (d[1] * Mu * 1182) - losses[0],
                    d[0] * ((Mu * 1182) - losses[1])];
                for (var i = 0; i < 2; i++)
                {
                    mine[i].Backward((2 * (d[i] - targets[i])) + gradient[i]);
                    mine[i].Step();
                }
            }

            await TeachAsync(students, 1);
            for (var i = 0; i < 2; i++)
            {
                Assert.Equal(mine[i].Forward(i == 0 ? _first : _second), students.Seats[i].Calibrator.Predict(i == 0 ? _first : _second), 1e-9);
            }
        }
    }

    [Fact]
    public async Task A_student_that_becomes_worse_forgets_nothing_because_the_paper_knows_of_no_drift()
    {
        var students = Make();
        await TeachAsync(students, 300);
        await TeachAsync(students, 300, label: 0);
        await TeachAsync(students, 300);

        Assert.Equal(0, students.Learner.Drifts);
        Assert.All(students.Seats, seat => Assert.Equal(900, ((FixedStudent)seat.Student).Demonstrations.Count));
    }

    [Fact]
    public void The_calibrators_look_at_the_probabilities_alone() =>
        Assert.All(Make().Seats, seat => Assert.Equal(2, seat.Calibrator.Published.Inputs));

    private static OnlineCascade Make(double decay = double.NaN) => new(
        _labels,
        [
            ("first", new StudentOptions { Create = (labels, _) => new FixedStudent(labels, _first) }),
            ("second", new StudentOptions { Create = (labels, _) => new FixedStudent(labels, _second) }),
        ],
        seed: 1,
        controller: null,
        new PaperSettings(Mu, [
            new PaperStudent(8, 7e-4, double.IsNaN(decay) ? 0.97 : decay, 0.4, 1),
            new PaperStudent(16, 7e-4, double.IsNaN(decay) ? 0.95 : decay, 0.3, 1182)]));

    private static async Task TeachAsync(OnlineCascade students, int lessons, int label = 1)
    {
        for (var i = 0; i < lessons; i++)
        {
            var truth = Said(1 - label, label);
            var attempt = new Attempt("expert", AttemptRole.Expert) { Generation = truth, Verdict = Verdict.Keep("expert") };
            var root = new Attempt("cascade", AttemptRole.Cascade) { Children = [attempt] };
            await students.Learner.LearnAsync(
                new Lesson(new Episode($"{i}", null, Request("text"), truth, root), truth, TruthSource.Expert, Propensity: 1));
        }
    }

    private static Task<Verdict> JudgeAsync(OnlineCascade students, string name, double[] said, double confidence = 0.9) =>
        students.PolicyOf(name)!.JudgeAsync(Request("text"), Said(said) with { Confidence = Confidence.Measured(confidence) });

    private static GenerationRequest Request(string text) => new([new ChatMessage(ChatRole.User, text)], options: null, _labels);

    private static Generation Said(params double[] probabilities)
    {
        var labels = new LabelDistribution(_labels, [.. probabilities]);
        return new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, labels.Best))) { Labels = labels };
    }
}
