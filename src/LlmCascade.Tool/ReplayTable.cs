using System.Globalization;
using LlmCascade.Evaluation;

namespace LlmCascade.Tool;

/// <summary>Reports as a plain table: one column for each report, one row for each measure.</summary>
internal static class ReplayTable
{
    public static void Write(TextWriter output, IReadOnlyList<ReplayReport> reports, IReadOnlyList<ReplayComparison> againstFirst)
    {
        var hasTierSets = reports.Select(TiersOf).Distinct().Count() > 1;
        var rows = new List<string[]> { Row("", report => $"{report.Method}, {report.Mode}{(hasTierSets ? $", {TiersOf(report)}" : "")}") };
        AddOutcome();
        AddTiersAndLabels();
        AddCost();
        TextTable.Write(output, rows);
        foreach (var report in reports.Where(report => report.Runs is not null))
        {
            output.WriteLine();
            WriteRuns(output, report);
        }

        void AddOutcome()
        {
            Add("items", report => Whole(report.Items));
            Add("budget", report => Whole(report.Budget));
            Add("expert calls", report => Whole(report.ExpertCalls));
            Add("accuracy", report => Percent(report.Accuracy));
            Add("  95 % interval", report => $"{Percent(report.Interval.Low)} to {Percent(report.Interval.High)}");
            AddDifference(each => each.Accuracy);
            if (reports[0].Runs is not null)
            {
                Add("  standard deviation over runs", report => Percent(report.StandardDeviation));
            }

            Add("always the expert", report => Percent(report.Baselines.AlwaysExpert));
            Add("always the student", report => Percent(report.Baselines.AlwaysStudent));
            Add("random at equal calls", report => Percent(report.Baselines.RandomAtEqualCalls));
            Add("oracle at equal calls", report => Percent(report.Baselines.Oracle));
            Add("share-weighted mean", report => Percent(report.ShareWeightedMean));
        }

        void AddTiersAndLabels()
        {
            foreach (var tier in reports.SelectMany(report => report.Tiers.Select(tier => tier.Name)).Distinct())
            {
                AddTier($"tier {tier}: answered", score => Whole(score.Answered));
                AddTier("  accuracy of these", score => Percent(score.Accuracy));
                AddTier("  agreement with the expert", score => Percent(score.AgreementWithExpert));
                AddTier("  accuracy on all items", score => Percent(score.AccuracyOnAll));

                void AddTier(string name, Func<TierScore, string> cell) =>
                    Add(name, report => report.Tiers.FirstOrDefault(score => score.Name == tier) is { } score ? cell(score) : "-");
            }

            foreach (var label in reports[0].PerLabel.Keys)
            {
                Add($"label {label}: precision", report => Percent(report.PerLabel[label].Precision));
                Add("  recall", report => Percent(report.PerLabel[label].Recall));
                Add("  F1", report => Percent(report.PerLabel[label].F1));
                AddDifference(each => each.F1[label]);
            }
        }

        void AddCost()
        {
            Add("cost of the expert's calls", report => Whole(report.Cost.Expert));
            Add("  of the tiers' answers", report => Amount(report.Cost.Inference));
            Add("  of their training", report => Amount(report.Cost.Training));
            Add("  in all", report => Whole(report.Cost.Total));
            Add("  of always the expert's", report => Percent(report.Cost.Total / report.Cost.AlwaysExpert));
            Add("  break-even cost of a student's answer", report => Whole(report.Cost.BreakEven));
            foreach (var items in reports.SelectMany(report => report.Regret ?? []).Select(point => point.Items).Distinct().Order())
            {
                Add($"average regret after {Whole(items)} items", report =>
                    report.Regret?.FirstOrDefault(point => point.Items == items)?.AverageRegret.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-");
            }

            Add("seconds a run", report => Seconds(report.Seconds));
        }

        void AddDifference(Func<ReplayComparison, ReplayDifference> difference)
        {
            if (againstFirst.Count > 0)
            {
                rows.Add(["  against the first", "", .. againstFirst.Select(each => Signed(difference(each).Value))]);
                rows.Add(["  95 % interval of that", "", .. againstFirst.Select(each => $"{Signed(difference(each).Low)} to {Signed(difference(each).High)}")]);
            }
        }

        void Add(string name, Func<ReplayReport, string> cell) => rows.Add(Row(name, cell));

        string[] Row(string name, Func<ReplayReport, string> cell) => [name, .. reports.Select(cell)];
    }

    private static void WriteRuns(TextWriter output, ReplayReport report) => TextTable.Write(output,
    [
        [$"{report.Method}, {report.Mode}", "order", "seed", "expert calls", "accuracy", "seconds"],
        .. report.Runs!.Select(run => new[]
        {
            "",
            run.Shuffle is { } number ? $"shuffle {number}" : "recorded",
            run.Seed.ToString(CultureInfo.InvariantCulture),
            Whole(run.ExpertCalls),
            Percent(run.Accuracy),
            Seconds(run.Seconds),
        }),
    ]);

    private static string Whole(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Amount(double number) => number.ToString(number < 10 ? "0.###" : "N0", CultureInfo.InvariantCulture);

    private static string Percent(double? share) =>
        share is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known * 100:0.00} %") : "-";

    private static string Signed(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:+0.00;-0.00;0.00} %");

    private static string TiersOf(ReplayReport report) => string.Join('+', report.Tiers.Select(tier => tier.Name));

    private static string Seconds(double seconds) => seconds.ToString("0.0", CultureInfo.InvariantCulture);
}
