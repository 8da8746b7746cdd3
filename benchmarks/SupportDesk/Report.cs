using System.Globalization;

namespace SupportDesk;

/// <summary>Prints what the runs have come to.</summary>
internal static class Report
{
    private static readonly double[] _risks = [0.01, 0.05, 0.1];

    /// <summary>What the small model answers when every question goes to the expert all the same.</summary>
    public static void PrintDrafts(IReadOnlyList<(string Name, Asked[] Asked)> arms)
    {
        Console.WriteLine("\nThe small model's answers that are right, by what it was shown; the share kept where at most 1, 5, 10 % of it are wrong, by the best threshold for these very answers");
        Print($"{"",-24}{"all",-20}{"fixed answers",-20}{"value-dependent",-20}{"AUC",-20}{"AUC of fixed",-20}{"ECE",-6}kept share");
        foreach (var (name, asked) in arms)
        {
            var kept = string.Join(", ", _risks.Select(risk => Percent(Measures.KeptShare(asked, risk))));
            Print($"{name,-24}{Share(asked, IsRight),-20}{Share(Fixed(asked), IsRight),-20}{Share(Dependent(asked), IsRight),-20}{Interval(asked, Measures.AreaUnderCurve, Number),-20}{Interval(Fixed(asked), Measures.AreaUnderCurve, Number),-20}{Number(Measures.CalibrationError(asked)),-6}{kept}");
        }

        var (first, retrieved) = arms[0];
        Print($"{first + ", later",-24}{Share(Later(retrieved), IsRight),-20}{Share(Later(Fixed(retrieved)), IsRight),-20}{Share(Later(Dependent(retrieved)), IsRight),-20}after the first question of each kind");
        foreach (var (name, asked) in arms.Skip(1))
        {
            var pairs = Fixed(retrieved).Zip(Fixed(asked)).ToArray();
            var (low, high) = Measures.Interval(pairs, pair => pair.First.Question.Kind, Gain);
            Print($"{first} above {name} on fixed answers: {Percent(Gain(pairs))} [{Percent(low)}, {Percent(high)}]");
        }
    }

    /// <summary>What a cascade, or a cache, answers.</summary>
    public static void PrintAnswers(string name, double threshold, Run run)
    {
        var asked = run.Asked;
        var kept = asked.Where(each => each.IsKept).ToArray();
        Print($"\n{name}, from {threshold:0.00} on");
        Print($"  asked of the expert {Share(asked, each => !each.IsKept)}; fixed {Share(Fixed(asked), each => !each.IsKept)}, value-dependent {Share(Dependent(asked), each => !each.IsKept)}");
        Print($"  right {Share(asked, each => each.IsRight)}; wrong among kept {Share(kept, each => !each.IsDraftRight)}");
        Print($"  wrong answers kept of the value-dependent {Share(Dependent(asked), each => !each.IsRight)}, of the fixed {Share(Fixed(asked), each => !each.IsRight)}");
        Print($"  dollars for a million questions: {PerMillion(run, run.Fees.Gross)} gross; with strategies in prompts {PerMillion(run, run.Fees.Strategies)}, notes {PerMillion(run, run.Fees.Notes)} ({Number((double)run.Fees.NotesAsked / asked.Length)} a question), embeddings {PerMillion(run, run.Fees.Embeddings)}: {PerMillion(run, run.Fees.Net)} net");
    }

    private static string PerMillion(Run run, decimal fee) => Number((double)(fee / run.Asked.Length * 1_000_000), "0");

    private static Asked[] Fixed(Asked[] asked) => [.. asked.Where(each => !each.Question.DependsOnValue)];

    private static Asked[] Dependent(Asked[] asked) => [.. asked.Where(each => each.Question.DependsOnValue)];

    private static Asked[] Later(Asked[] asked) => [.. asked.Where(each => !each.IsFirst)];

    private static bool IsRight(Asked asked) => asked.IsDraftRight;

    private static double Gain((Asked First, Asked Second)[] pairs) => pairs.Average(pair => Value(pair.First) - Value(pair.Second));

    private static double Value(Asked asked) => asked.IsDraftRight ? 1 : 0;

    private static string Share(Asked[] asked, Func<Asked, bool> condition) =>
        Interval(asked, all => all.Average(each => condition(each) ? 1.0 : 0), Percent);

    private static string Interval(Asked[] asked, Func<Asked[], double> figure, Func<double, string> write)
    {
        if (asked.Length == 0)
        {
            return "none";
        }

        var (low, high) = Measures.Interval(asked, each => each.Question.Kind, figure);
        return $"{write(figure(asked))} [{write(low)}, {write(high)}]";
    }

    private static string Percent(double share) => (100 * share).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Number(double value) => Number(value, "0.00");

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static void Print(FormattableString line) => Console.WriteLine(FormattableString.Invariant(line));
}
