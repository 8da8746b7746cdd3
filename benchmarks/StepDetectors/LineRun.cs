using LlmCascade.Steps;

namespace StepDetectors;

/// <summary>Where four models' solutions leave the road, and what tells it without asking a model.</summary>
internal static class LineRun
{
    private const int LastPlace = 6;

    public static async Task<IReadOnlyList<Table>> MeasureAsync(IReadOnlyList<Question> questions, Action<string> found)
    {
        LabelledSolution[] all = [.. questions.SelectMany(question => question.Solutions.Select(solution => LabelledSolution.Of(question, solution)))];
        string[] models = [.. questions[0].Solutions.Select(solution => solution.Author)];
        (string Name, LabelledSolution[] Solutions)[] groups =
            [.. models.Select(model => (model, all.Where(each => each.Solution.Author == model).ToArray())), ("all four", all)];
        LabelledSolution[] covered = [.. all.Where(each => each.IsCovered)];
        var disagreements = new Disagreements(questions);
        var validated = await ValidateAsync(covered, found);
        return
        [
            Labels(groups),
            Places(groups),
            Detectors(
                "detectors",
                "Detectors of the first wrong step; right steps: all of right solutions, and those before the first wrong one",
                covered, validated, disagreements, (_, _) => true),
            Detectors(
                "detectorsOnRoad",
                "The same; right steps: only those before a solution leaves the road, right solutions too",
                covered, validated, disagreements, (solution, step) => solution.IsBeforeLeaving(step)),
            PerModel(models, covered, disagreements),
        ];
    }

    private static Table Labels((string Name, LabelledSolution[] Solutions)[] groups)
    {
        var table = new Table(
            "labels", "gsm8k-four: where solutions leave the results of the right one",
            "model", "solutions", "steps", "steps without a result", "wrong", "right that also leave", "with any last number", "no results", "wrong that never leave", "covered", "first wrong steps")
        {
            Notes =
            [
                "right that also leave = label noise; with any last number = where a number of the task counts as a result too. no results = none in the solution, or none in the right one. covered = it can be told which step is the first wrong one.",
            ],
        };
        foreach (var (name, solutions) in groups)
        {
            LabelledSolution[] known = [.. solutions.Where(each => each.HasResults)];
            LabelledSolution[] right = [.. known.Where(each => each.Solution.IsRight)];
            var steps = solutions.Sum(each => each.Steps.Length);
            table.Add(
                name,
                solutions.Length,
                steps,
                Figure.Share(solutions.Sum(each => each.Steps.Count(step => each.Road.ResultOf(step) is null)), steps) with { Low = double.NaN },
                Figure.Share(solutions.Count(each => !each.Solution.IsRight), solutions.Length),
                Figure.Share(right.Count(each => each.Departure is not null), right.Length),
                Figure.Share(right.Count(each => each.Road.AnyLastNumberLeaves(each.Steps)), right.Length),
                solutions.Length - known.Length,
                known.Count(each => !each.Solution.IsRight && each.Departure is null),
                solutions.Count(each => each.IsCovered),
                known.Count(each => !each.Solution.IsRight && each.Departure is not null));
        }

        return table;
    }

    private static Table Places((string Name, LabelledSolution[] Solutions)[] groups)
    {
        var table = new Table(
            "places", "Which step is the first wrong one, in percent of wrong solutions that are covered",
            ["model", .. Enumerable.Range(1, LastPlace - 1).Select(place => $"{place}."), $"{LastPlace}. or later"]);
        foreach (var (name, solutions) in groups)
        {
            int[] places = [.. solutions.Where(each => each is { IsCovered: true, Solution.IsRight: false }).Select(each => Math.Min(each.Departure!.Value + 1, LastPlace))];
            table.Add([name, .. Enumerable.Range(1, LastPlace).Select(place => new Figure(Math.Round(100.0 * places.Count(each => each == place) / places.Length, 1), double.NaN, double.NaN))]);
        }

        return table;
    }

    // What the validators find in the steps that are scored.
    private static async Task<Dictionary<(LabelledSolution, int), bool[]>> ValidateAsync(LabelledSolution[] covered, Action<string> found)
    {
        Dictionary<(LabelledSolution, int), bool[]> validated = [];
        foreach (var solution in covered)
        {
            for (var i = 0; i < solution.Scored; i++)
            {
                var marked = await Validated.CheckAsync(StepIntrospector.Arithmetic, solution.Question.Prompt, solution.Steps, i);
                var unmarked = await Validated.CheckAsync(StepIntrospector.Arithmetic, solution.Question.Prompt, [.. solution.Steps.Select(StepResult.WithoutMarks)], i);
                var marks = await Validated.CheckAsync(StepIntrospector.Arithmetic, "", [.. solution.Steps.Select(StepResult.MarksIn)], i);
                var repeated = await Validated.CheckAsync(StepIntrospector.RepeatedAction, solution.Question.Prompt, solution.Steps, i);
                validated.Add((solution, i), [marked is not null, unmarked is not null, marks is not null, repeated is not null]);
                if ((marked ?? unmarked) is { } check)
                {
                    var name = $"{solution.Solution.Author} {solution.Question.Id} {(solution.Solution.IsRight ? "right" : "wrong")} step {i + 1}";
                    found($"{name}{(solution.IsFirstWrong(i) ? ", the first wrong one" : "")}: {check.Explanation} | {solution.Steps[i]}");
                }
            }
        }

        return validated;
    }

    private static Table Detectors(
        string id, string title, LabelledSolution[] covered, Dictionary<(LabelledSolution, int), bool[]> validated, Disagreements disagreements, Func<LabelledSolution, int, bool> counts)
    {
        var disagreement = Score((solution, step) => disagreements.Of(solution, step));
        var table = DetectorTable.New(
            id, $"{title}: {disagreement.Count} steps, {disagreement.Base} of them wrong",
            "Marked arithmetic here came from a calculator, so a validator finds nothing in it by construction, but for marks that the models wrote themselves.",
            "What it finds beside are texts that say something else than their mark, and equations without one.");
        table.AddCertain("arithmetic", Score((solution, step) => One(validated[(solution, step)][0])));
        table.AddCertain("arithmetic, marks taken out", Score((solution, step) => One(validated[(solution, step)][1])));
        table.AddCertain("arithmetic, marks alone", Score((solution, step) => One(validated[(solution, step)][2])));
        table.AddCertain("repeated step", Score((solution, step) => One(validated[(solution, step)][3])));
        string[] cuts = ["none of the others", "at most one of the others", "at most two of the others"];
        for (var i = 0; i < cuts.Length; i++)
        {
            table.AddGraded("disagreement of four models", disagreement, cuts[i], ((3.0 - i) / 3) - 0.01);
        }

        table.AddShare("place of the step", Score((_, step) => step), 0.2);
        table.AddShare("length of the step", Score((solution, step) => solution.Steps[step].Length), 0.2);
        return table;

        Scores Score(Func<LabelledSolution, int, double?> score) => new(covered.SelectMany(solution => Enumerable.Range(0, solution.Scored)
            .Where(step => counts(solution, step))
            .Select(step => new Scored(solution.Question.Id, score(solution, step), solution.IsFirstWrong(step)))));
    }

    private static Table PerModel(string[] models, LabelledSolution[] covered, Disagreements disagreements)
    {
        var table = DetectorTable.New("disagreementByModel", "Disagreement by the model that wrote the step, all right steps counted; flagged where none of the others has its result");
        foreach (var model in models)
        {
            var scores = new Scores(covered.Where(each => each.Solution.Author == model).SelectMany(solution => Enumerable.Range(0, solution.Scored)
                .Select(step => new Scored(solution.Question.Id, disagreements.Of(solution, step), solution.IsFirstWrong(step)))));
            table.AddGraded(model, scores, $"of {scores.Count} steps {100 * scores.Base.Value:0.0} % wrong", 1 - 0.01);
        }

        return table;
    }

    private static double? One(bool isFound) => isFound ? 1 : null;
}
