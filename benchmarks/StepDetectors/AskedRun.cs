using LlmCascade;
using LlmCascade.Steps;
using LlmCascade.Testing;

namespace StepDetectors;

/// <summary>Asks a model about recorded steps of others whether they are wrong.</summary>
internal static class AskedRun
{
    private const double Half = 0.5;
    private const double Share = 0.2;

    public static async Task<IReadOnlyList<Table>> MeasureAsync(IReadOnlyList<Question> sample, IReadOnlyList<Question> all, IGenerator model)
    {
        LabelledSolution[] covered = [.. sample.SelectMany(question => question.Solutions.Select(solution => LabelledSolution.Of(question, solution))).Where(each => each.IsCovered)];
        var introspector = StepIntrospector.Asked(model, CheckPrompt.Default);
        var asked = new double?[covered.Length][];

        // All solutions of a question one after the other: what the server has read of the task it need not read again.
        await Parallel.ForEachAsync(
            Enumerable.Range(0, covered.Length).GroupBy(i => covered[i].Question.Id),
            new ParallelOptions { MaxDegreeOfParallelism = ModelServer.AtATime },
            async (solutions, _) =>
            {
                foreach (var i in solutions)
                {
                    asked[i] = await AskAsync(covered[i], introspector);
                }
            });

        var disagreements = new Disagreements(all);
        var said = Score((i, step) => asked[i][step]);
        var disagreement = Score((i, step) => disagreements.Of(covered[i], step));
        var table = DetectorTable.New(
            "asked", $"Asked whether the last step is wrong, about {said.Count} steps of {covered.Length} solutions of {sample.Count} questions, {said.Base} of them wrong",
            "The calculator's marks are taken out of what the model is shown. Right steps: all of right solutions, and those before the first wrong one.");
        table.AddGraded("asked", said, "0.5", Half);
        table.AddShare("asked", said, Share);
        table.AddGraded("asked, the other way round", Score((i, step) => 1 - asked[i][step]), "0.5", Half);
        table.AddShare("place of the step", Score((_, step) => step), Share);
        table.AddShare("length of the step", Score((i, step) => covered[i].Steps[step].Length), Share);
        table.AddGraded("disagreement of four models", disagreement, "none of the others", 1);

        double[] values = [.. asked.SelectMany(steps => steps).OfType<double>().Order()];
        var spread = new Table("askedSpread", "What the model says: how probable its yes is", "least", "10 %", "median", "90 %", "most");
        if (values.Length > 0)
        {
            spread.Add([.. new[] { 0, 0.1, 0.5, 0.9, 1 }.Select(place => new Figure(values[(int)(place * (values.Length - 1))], double.NaN, double.NaN))]);
        }

        return [table, spread];

        Scores Score(Func<int, int, double?> score) => new(covered.SelectMany((solution, i) => Enumerable.Range(0, solution.Scored)
            .Select(step => new Scored(solution.Question.Id, score(i, step), solution.IsFirstWrong(step)))));
    }

    private static async Task<double?[]> AskAsync(LabelledSolution solution, IStepIntrospector introspector)
    {
        string[] shown = [.. solution.Steps.Select(StepResult.WithoutMarks)];
        var asked = new double?[solution.Scored];
        for (var i = 0; i < asked.Length; i++)
        {
            var checkedStep = new IntrospectedGenerator(new Recorded(Validated.StepOf(shown[i])), introspector);
            var run = await checkedStep.RunAloneAsync(Validated.RequestFor(solution.Question.Prompt, shown[..i], solution.Solution.Author));
            var check = run.Generation.Check!;

            // A server that is gone must not look like a model that cannot tell.
            asked[i] = check.Reason == StepReasons.CheckFailed
                ? throw new InvalidOperationException("A check failed; see whether the server runs.", run.Attempt.Children.FirstOrDefault()?.Failure)
                : check.ErrorProbability;
        }

        return asked;
    }

    private sealed class Recorded(Generation step) : IGenerator
    {
        public ValueTask<Generation> GenerateAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default) => new(step);
    }
}
