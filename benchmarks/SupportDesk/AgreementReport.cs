using System.Globalization;

namespace SupportDesk;

/// <summary>Prints how well signals tell right answers from wrong ones, all with 95 % intervals over kinds of questions.</summary>
internal sealed class AgreementReport(Question[] questions)
{
    private const int Wide = 40;
    private const int Narrow = 24;

    private readonly int[] _all = [.. Enumerable.Range(0, questions.Length)];
    private readonly int[] _fixed = [.. Enumerable.Range(0, questions.Length).Where(i => !questions[i].DependsOnValue)];

    public void PrintPrompts(IReadOnlyList<Sampled> sampled)
    {
        var notes = questions.Select(question => question.Note).Distinct().ToArray();
        var own = sampled.Zip(questions).Count(pair => pair.First.Prompt.Contains(pair.Second.Note, StringComparison.Ordinal));
        var others = sampled.Zip(questions).Count(pair => notes.Any(note => note != pair.Second.Note && pair.First.Prompt.Contains(note, StringComparison.Ordinal)));
        Console.WriteLine($"{questions.Length} questions of {questions.Select(question => question.Kind).Distinct().Count()} kinds, {_fixed.Length} with fixed answers; {own} prompts hold the note of the question's kind, {others} one of another kind.");
    }

    public void PrintShares(bool[] greedy, bool[] medoid, bool[][] samples)
    {
        double[] random = [.. samples.Select(each => each.Average(isRight => isRight ? 1.0 : 0))];
        Console.WriteLine("\nRight, in percent: of all questions, and of those with fixed answers");
        Share("greedy", i => Value(greedy[i]));
        Share("medoid of the composite", i => Value(medoid[i]));
        Share("a random sample", i => random[i]);
        Share("medoid above greedy", i => Value(medoid[i]) - Value(greedy[i]));
        Share("medoid above a random sample", i => Value(medoid[i]) - random[i]);

        void Share(string name, Func<int, double> value) => PrintLine(name, new[] { _all, _fixed }.Select(set => Interval(set, some => some.Average(value), Percent)));
    }

    public void Print(Comparison comparison)
    {
        Console.WriteLine($"\n{comparison.Title}\n{"AUC, and right answers in percent",-Wide}{"all",-Narrow}{"fixed answers",-Narrow}{"right",-Narrow}right of fixed");
        foreach (var signal in comparison.Agreement.Concat(comparison.Tokens))
        {
            PrintLine(signal.Name, [
                Interval(_all, signal.AreaUnderCurve, Number),
                Interval(_fixed, signal.AreaUnderCurve, Number),
                Interval(_all, signal.ShareOfRight, Percent),
                Interval(_fixed, signal.ShareOfRight, Percent)]);
        }

        PrintDifferences("AUC of agreement above that of", _all);
        PrintDifferences("the same, fixed answers", _fixed);

        void PrintDifferences(string title, int[] set)
        {
            PrintLine(title, comparison.Tokens.Select(tokens => tokens.Name));
            foreach (var agreement in comparison.Agreement)
            {
                PrintLine(agreement.Name, comparison.Tokens.Select(tokens =>
                    Interval(set, some => agreement.AreaUnderCurve(some) - tokens.AreaUnderCurve(some), Number)));
            }
        }
    }

    private static double Value(bool isRight) => isRight ? 1 : 0;

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static void PrintLine(string name, IEnumerable<string> values) =>
        Console.WriteLine($"{name,-Wide}{string.Concat(values.Select(value => $"{value,-Narrow}"))}".TrimEnd());

    private string Interval(int[] set, Func<int[], double> figure, Func<double, string> write)
    {
        var (low, high) = Measures.Interval(set, i => questions[i].Kind, figure);
        return $"{write(figure(set))} [{write(low)}, {write(high)}]";
    }
}
