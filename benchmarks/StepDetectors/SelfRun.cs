using System.Collections.Immutable;
using LlmCascade;
using LlmCascade.Agreement;
using LlmCascade.Calibration;
using LlmCascade.Steps;

namespace StepDetectors;

/// <summary>Lets a model write solutions step by step, and scores on them what looks at its own tokens and samples.</summary>
internal static class SelfRun
{
    private const int Samples = 5;
    private const double Half = 0.5;
    private const double Share = 0.2;

    private static readonly (string Name, TokenConfidence Measure)[] _tokens =
    [
        ("tokens, minimum", TokenConfidence.Minimum),
        ("tokens, quantile 0.1", TokenConfidence.Quantile(0.1)),
        ("tokens, mean", TokenConfidence.Mean),
    ];

    public static async Task<IReadOnlyList<Table>> MeasureAsync(IReadOnlyList<Question> sample, ModelServer server, Action<string> found)
    {
        IStepIntrospector[] introspectors =
        [
            StepIntrospector.Arithmetic,
            StepIntrospector.RepeatedAction,
            .. _tokens.Select(each => StepIntrospector.Tokens(each.Measure)),
            StepIntrospector.Asked(server.Checker, CheckPrompt.Default),
            StepIntrospector.Disagreement,
        ];
        var writer = new StepWriter(server.Writer, StepBoundary.Line, ContinuationStyle.Prefill);
        var greedy = await WriteAsync(sample, new SolutionWriter(writer, introspectors, endsWhereItLeaves: false));
        var sampling = new SamplingGenerator(writer, Samples, new AgreementOptions { Measure = StepMeasure.SameResult });
        var sampled = await WriteAsync(sample, new SolutionWriter(sampling, introspectors, endsWhereItLeaves: true));
        (string Name, ImmutableArray<WrittenSolution> Solutions)[] arms = [("without chance", greedy), ($"most central of {Samples} samples", sampled)];
        foreach (var (name, solutions) in arms)
        {
            foreach (var solution in solutions)
            {
                var steps = string.Concat(solution.Steps.Select(step => $"\n    {step.Text}"));
                found($"{name} {solution.Question.Id} {(solution.IsRight ? "right" : "wrong")}, leaves at step {solution.Departure + 1}:{steps}");
            }
        }

        return [Labels(arms), Equations(arms), .. arms.Select((arm, i) => Detectors($"self{i + 1}", arm.Name, arm.Solutions, introspectors))];
    }

    private static async Task<ImmutableArray<WrittenSolution>> WriteAsync(IReadOnlyList<Question> sample, SolutionWriter author)
    {
        var solutions = new WrittenSolution[sample.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, sample.Count),
            new ParallelOptions { MaxDegreeOfParallelism = ModelServer.AtATime },
            async (i, _) => solutions[i] = await author.WriteAsync(sample[i]));
        return [.. solutions];
    }

    private static Table Labels((string Name, ImmutableArray<WrittenSolution> Solutions)[] arms)
    {
        var table = new Table(
            "selfLabels", "Solutions that the model writes itself",
            "written", "solutions", "steps", "with an answer", "right", "right that also leave", "wrong that never leave", "covered", "first wrong steps", "at the first step")
        {
            Notes = ["The samples' solutions end where they leave, and are taken for wrong then."],
        };
        foreach (var (name, solutions) in arms)
        {
            var wrong = solutions.Where(each => !each.IsRight && each.Departure is not null).ToArray();
            table.Add(
                name,
                solutions.Length,
                solutions.Sum(each => each.Steps.Length),
                Figure.Share(solutions.Count(each => each.IsAnswered), solutions.Length),
                Figure.Share(solutions.Count(each => each.IsRight), solutions.Length),
                solutions.Count(each => each.IsRight && each.Departure is not null),
                solutions.Count(each => !each.IsRight && each.Departure is null),
                solutions.Count(each => each.IsCovered),
                wrong.Length,
                Figure.Share(wrong.Count(each => each.Departure == 0), wrong.Length));
        }

        return table;
    }

    // About equations that it can read, a validator is the truth itself.
    private static Table Equations((string Name, ImmutableArray<WrittenSolution> Solutions)[] arms)
    {
        var table = new Table(
            "selfEquations", "How often the model miscalculates, over the steps before it leaves and the one with which it does",
            "written", "steps with an equation", "of them miscalculated", "solutions with one", "first wrong steps that are one");
        foreach (var (name, solutions) in arms)
        {
            ReasoningStep[] steps = [.. solutions.SelectMany(each => each.Steps.Take((each.Departure ?? each.Steps.Length) + 1))];
            var equations = steps.Count(step => step.Text.Contains('=', StringComparison.Ordinal));
            var wrong = solutions.Where(each => !each.IsRight && each.Departure is not null).ToArray();
            table.Add(
                name,
                equations,
                Figure.Share(steps.Count(IsMiscalculated), equations),
                Figure.Share(solutions.Count(each => each.Steps.Any(IsMiscalculated)), solutions.Length),
                Figure.Share(wrong.Count(each => IsMiscalculated(each.Steps[each.Departure!.Value])), wrong.Length));
        }

        return table;
    }

    private static Table Detectors(string id, string name, ImmutableArray<WrittenSolution> solutions, IStepIntrospector[] introspectors)
    {
        var covered = solutions.Where(each => each.IsCovered).ToArray();
        var asked = Score(step => ScoreOf(step, introspectors[^2]));
        var table = DetectorTable.New(
            id, $"Detectors of the first step whose result is not on the road, written {name}: {asked.Count} steps, {asked.Base} of them wrong",
            "Right steps: those before a solution leaves the road.");
        table.AddCertain("arithmetic", Score(step => ScoreOf(step, introspectors[0])));
        table.AddCertain("repeated step", Score(step => ScoreOf(step, introspectors[1])));
        for (var i = 0; i < _tokens.Length; i++)
        {
            var introspector = introspectors[2 + i];
            var scores = Score(step => ScoreOf(step, introspector));
            table.AddGraded(_tokens[i].Name, scores, "0.5", Half);
            table.AddShare(_tokens[i].Name, scores, Share);
        }

        table.AddGraded("asked", asked, "0.5", Half);
        table.AddShare("asked", asked, Share);
        if (Score(step => ScoreOf(step, introspectors[^1])) is { Coverage.Value: > 0 } disagreement)
        {
            table.AddGraded("disagreement of samples", disagreement, "0.5", Half);
            table.AddShare("disagreement of samples", disagreement, Share);
        }

        table.AddShare("place of the step", new Scores(covered.SelectMany(solution => Enumerable.Range(0, solution.Scored)
            .Select(step => new Scored(solution.Question.Id, step, solution.IsFirstWrong(step))))), Share);
        table.AddShare("length of the step", Score(step => step.Text.Length), Share);
        return table;

        Scores Score(Func<ReasoningStep, double?> score) => new(covered.SelectMany(solution => Enumerable.Range(0, solution.Scored)
            .Select(step => new Scored(solution.Question.Id, score(solution.Steps[step]), solution.IsFirstWrong(step)))));
    }

    private static bool IsMiscalculated(ReasoningStep step) => ScoreOf(step, StepIntrospector.Arithmetic) == 1;

    private static double? ScoreOf(ReasoningStep step, IStepIntrospector introspector) =>
        step.Check?.Parts.FirstOrDefault(part => part.Source == introspector.Id)?.ErrorProbability;
}
