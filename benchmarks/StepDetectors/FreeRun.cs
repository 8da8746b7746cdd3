using LlmCascade.Steps;

namespace StepDetectors;

/// <summary>How well recomputing equations finds wrong answers among solutions in free text.</summary>
internal static class FreeRun
{
    private static readonly (string Name, Func<string, IEnumerable<string>> Split)[] _splits =
    [
        ("each sentence", StepBoundary.Sentence.Split),
        ("whole text", text => [text]),
    ];

    /// <param name="streams">The recorded solutions.</param>
    /// <param name="found">Is told what was found in which solution.</param>
    public static async Task<Table> MeasureAsync(Streams streams, Action<string> found)
    {
        var table = new Table(
            "free", "gsm8k-weak-strong: wrong answers that the arithmetic validator finds",
            "solutions of", "looked at", "solutions", "steps", "with an equation", "wrong", "flagged", "flagged and wrong", "precision", "recall")
        {
            Notes =
            [
                "wrong = the final answer is not the right one (base rate). precision = flagged solutions that are wrong, recall = wrong solutions that are flagged.",
                "Each model answers each question once; intervals are Wilson's.",
            ],
        };
        var (weak, strong) = streams.ReadFree();
        foreach (var solutions in new[] { weak, strong })
        {
            foreach (var (name, split) in _splits)
            {
                await AddAsync(table, solutions, name, split, found);
            }
        }

        return table;
    }

    private static async Task AddAsync(Table table, IReadOnlyList<Solution> solutions, string name, Func<string, IEnumerable<string>> split, Action<string> found)
    {
        int steps = 0, equations = 0, flagged = 0, hits = 0;
        var wrong = solutions.Count(solution => !solution.IsRight);
        foreach (var solution in solutions)
        {
            string[] parts = [.. split(solution.Text)];
            steps += parts.Length;
            equations += solution.Text.Contains('=', StringComparison.Ordinal) ? 1 : 0;
            if (await Validated.FindArithmeticAsync(parts) is var (step, explanation))
            {
                flagged++;
                hits += solution.IsRight ? 0 : 1;
                found($"{solution.Author} {solution.Question} {name} {(solution.IsRight ? "right" : "wrong")}: {explanation} | {step}");
            }
        }

        table.Add(
            solutions[0].Author, name, solutions.Count, steps, Figure.Share(equations, solutions.Count), Figure.Share(wrong, solutions.Count),
            flagged, hits, Figure.Share(hits, flagged), Figure.Share(hits, wrong));
    }
}
