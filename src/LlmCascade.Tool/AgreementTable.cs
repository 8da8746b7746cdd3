using System.Globalization;
using LlmCascade.Evaluation;

namespace LlmCascade.Tool;

/// <summary>What agreement is worth, as plain tables.</summary>
internal static class AgreementTable
{
    private const double PaperCost = 0.4;

    public static void Write(TextWriter output, AgreementReplayReport report)
    {
        var baselines = report.Baselines;
        var hasTexts = baselines.AlwaysTarget.Bleu is not null;
        TextTable.Write(output,
        [
            [$"{report.Prompts} prompts, {report.Measure}{(report.IsCalibrated ? ", calibrated" : "")}", "quality", "95 % interval", "cost", .. hasTexts ? ["BLEU", "ROUGE-L"] : (string[])[]],
            .. baselines.AlwaysMember.Append(baselines.AlwaysTarget).Select(each => (string[])[
                each == baselines.AlwaysTarget ? $"target {each.Name}" : $"member {each.Name}",
                Number(each.Quality.Value), Interval(each.Quality.Low, each.Quality.High), Percent(each.Cost),
                .. hasTexts ? [Short(each.Bleu), Number(each.RougeL)] : (string[])[],
            ]),
        ]);
        output.WriteLine();
        WriteCurve(output, report);
        output.WriteLine();
        List<string[]> rows =
        [
            ["area above random", Number(report.AreaAboveRandom.Value), Interval(report.AreaAboveRandom.Low, report.AreaAboveRandom.High)],
        ];
        if (report.AreaAboveRandom.GroupLow is { } low)
        {
            rows.Add(["  groups resampled", "", Interval(low, report.AreaAboveRandom.GroupHigh)]);
        }

        rows.AddRange((report.AgainstMajority ?? []).Select(each => new[]
        {
            $"plain majority at {Percent(each.Kept)} kept", Number(each.Majority), $"{Signed(each.Difference.Value)}, {Interval(each.Difference.Low, each.Difference.High)}",
        }));
        TextTable.Write(output, rows);
        output.WriteLine();
        WriteSwap(output, report);
        output.WriteLine(AtPaperCost(report));
        output.WriteLine(AtTargetQuality(report));
        if (report.Points[0].LatencyReduction is { } saved)
        {
            output.WriteLine($"A prompt takes {Percent(saved)} less time than the target alone where none is deferred, {Percent(saved - report.LowestDeferralAtTargetQuality)} less at its quality; the paper: up to 60 %.");
        }
    }

    public static void Write(TextWriter output, AgreementChoiceReport report)
    {
        var hasGroups = report.Groups is not null;
        TextTable.Write(output,
        [
            [
                $"{report.Ensembles} ensembles of {report.Members}, {report.Prompts} prompts", "area above random", "95 % interval", .. hasGroups ? ["groups resampled"] : (string[])[], "above 0 in",
                "medoid's gain", "95 % interval", .. hasGroups ? ["groups resampled"] : (string[])[], "above 0 in",
            ],
            .. report.Signals.Select(signal => (string[])[
                signal.Name, .. Cells(signal.AreaAboveRandom, signal.EnsemblesAboveRandom), .. Cells(signal.MedoidGain, signal.EnsemblesWithMedoidGain),
            ]),
        ]);

        string[] Cells(AgreementEstimate? estimate, double? share) => estimate is null
            ? ["-", "-", .. hasGroups ? ["-"] : (string[])[], "-"]
            : [Signed(estimate.Value), Interval(estimate.Low, estimate.High), .. hasGroups ? [Interval(estimate.GroupLow, estimate.GroupHigh)] : (string[])[], Percent(share)];
    }

    private static void WriteCurve(TextWriter output, AgreementReplayReport report)
    {
        var tens = Enumerable.Range(0, 11).Select(ten => 10 * ten).ToList();
        var (hasLatency, hasTexts) = (report.Points[0].LatencyP50 is not null, report.Points[0].Bleu is not null);
        TextTable.Write(output,
        [
            [
                "deferred", "cost", "quality", "95 % interval", "random", "length", "oracle",
                .. hasLatency ? ["ms P50", "ms P95", "time saved"] : (string[])[], .. hasTexts ? ["BLEU", "ROUGE-L"] : (string[])[],
            ],
            .. tens.Select(i => (Point: report.Points[i], i)).Select(row => (string[])[
                Percent(row.Point.DeferralRate), Percent(row.Point.Cost), Number(row.Point.Quality), Interval(row.Point.Low, row.Point.High),
                Number(report.Baselines.Random[row.i].Quality), Number(report.Baselines.Length[row.i].Quality), Number(report.Baselines.Oracle[row.i].Quality),
                .. hasLatency ? [Short(row.Point.LatencyP50), Short(row.Point.LatencyP95), Percent(row.Point.LatencyReduction)] : (string[])[],
                .. hasTexts ? [Short(row.Point.Bleu), Number(row.Point.RougeL)] : (string[])[],
            ]),
        ]);
    }

    private static void WriteSwap(TextWriter output, AgreementReplayReport report)
    {
        if (report.Swap is not { } swap)
        {
            return;
        }

        TextTable.Write(output,
        [
            ["one member replaced: deferred", "then", "quality", "then", "difference", "95 % interval"],
            .. swap.Select(each => (string[])[
                Percent(each.DeferralRate), Percent(each.SwappedDeferralRate), Number(each.Quality), Number(each.SwappedQuality),
                Signed(each.Difference.Value), Interval(each.Difference.Low, each.Difference.High),
            ]),
        ]);
        output.WriteLine();
    }

    private static string AtPaperCost(AgreementReplayReport report) =>
        report.BreakEvenDeferralRate is not { } rate ? "Costs are not known."
        : report.QualityAtCost40 is not { } quality ? $"The members alone cost {Percent(1 - rate)} of the target, more than the paper's {Percent(PaperCost)}."
        : $"At {Percent(PaperCost)} of the target's cost: {Number(quality)}, the target {Number(report.Baselines.AlwaysTarget.Quality.Value)}. Cheaper than the target up to {Percent(rate)} deferred.";

    private static string AtTargetQuality(AgreementReplayReport report)
    {
        var at = report.LowestCostAtTargetQuality is { } cost ? $"at {Percent(cost)} of its cost, " : "";
        var isMissed = report.LowestCostAtTargetQuality > PaperCost ? $" Missed: the paper's {Percent(PaperCost)} of the cost." : "";
        return $"The target's quality is reached {at}with {Percent(report.LowestDeferralAtTargetQuality)} deferred.{isMissed}";
    }

    private static string Interval(double? low, double? high) => $"{Number(low)} to {Number(high)}";

    private static string Number(double? value) => value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "-";

    private static string Signed(double value) => value.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture);

    private static string Short(double? value) => value?.ToString("0.##", CultureInfo.InvariantCulture) ?? "-";

    private static string Percent(double? share) => share is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known * 100:0.#} %") : "-";
}
