namespace StepDetectors;

/// <summary>A table of detectors of the first wrong step.</summary>
internal static class DetectorTable
{
    public static Table New(string id, string title, params string[] notes) =>
        new(id, title, "detector", "cut-off", "flagged", "precision", "recall", "coverage", "AUC") { Notes = notes };

    /// <summary>Adds a detector that is certain or says nothing.</summary>
    public static void AddCertain(this Table table, string name, Scores scores) => table.Add(
        name, "finds something", scores.Flagged(1), scores.Precision(1), scores.Recall(1), scores.Coverage, new Figure(double.NaN, double.NaN, double.NaN));

    /// <summary>Adds a detector whose scores are graded, at one cut-off.</summary>
    public static void AddGraded(this Table table, string name, Scores scores, string cutName, double cut) => table.Add(
        name, cutName, scores.Flagged(cut), scores.Precision(cut), scores.Recall(cut), scores.Coverage, scores.AreaUnderCurve);

    /// <summary>Adds a detector whose scores are graded, at the cut-off that a share of all steps reaches.</summary>
    public static void AddShare(this Table table, string name, Scores scores, double share) =>
        table.AddGraded(name, scores, $"most suspect {Math.Round(100 * share)} %", scores.CutFor(share));
}
