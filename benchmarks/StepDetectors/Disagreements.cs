namespace StepDetectors;

/// <summary>How many of the other models have nowhere in their solutions what a step comes to.</summary>
internal sealed class Disagreements(IReadOnlyList<Question> questions)
{
    private readonly Dictionary<string, Dictionary<string, List<double>>> _results = questions.ToDictionary(question => question.Id, ResultsIn);

    /// <summary>Gets the share of the other models that do not have a step's result; <see langword="null"/> where it has none.</summary>
    public double? Of(LabelledSolution solution, int step)
    {
        if (solution.Road.ResultOf(solution.Steps[step]) is not { } result)
        {
            return null;
        }

        var others = _results[solution.Question.Id].Where(model => model.Key != solution.Solution.Author).ToArray();
        return others.Count(model => !StepResult.Contains(model.Value, result)) / (double)others.Length;
    }

    private static Dictionary<string, List<double>> ResultsIn(Question question)
    {
        var road = new Road(question);
        return question.Solutions.ToDictionary(
            solution => solution.Author,
            solution => Road.StepsOf(solution).Select(road.ResultOf).OfType<double>().ToList());
    }
}
