namespace LlmCascade.Evaluation;

/// <summary>A file of tab-separated values, of which three columns are read, row by row.</summary>
internal sealed class RecordedTable(string path, string text, string gold, string expert)
{
    public RecordedStream Read(LabelSpace? labels, RowOrder? order)
    {
        using var lines = new NumberedLines(path);
        var header = lines.Read()?.Split('\t') ?? throw lines.Mistake("there is no header line");
        var (textAt, goldAt, expertAt) = (Find(lines, header, text), Find(lines, header, gold), Find(lines, header, expert));

        var items = new List<RecordedItem?>();
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        for (var row = 0; lines.Read() is { } line; row++)
        {
            var cells = line.Split('\t');
            if (cells.Length != header.Length)
            {
                throw lines.Mistake($"the row has {Count(cells.Length, "cell")} and the header {Count(header.Length, "column")}");
            }

            var right = cells[goldAt];
            if (right.Length == 0)
            {
                throw lines.Mistake($"the cell of the gold column '{gold}' is empty");
            }

            if (labels is not null && labels.IndexOf(right) < 0)
            {
                throw lines.Mistake($"the gold label '{right}' is none of the labels {labels}");
            }

            // One string for each label, however many rows hold it.
            right = seen.TryGetValue(right, out var known) ? known : right;
            seen.Add(right);
            var said = cells[expertAt] is { Length: > 0 } cell ? seen.TryGetValue(cell, out var same) ? same : cell : null;
            items.Add(order is null || order.Holds(row) ? new RecordedItem(cells[textAt], right, said) : null);
        }

        if (items.Count == 0)
        {
            throw lines.Mistake("there is no row below the header");
        }

        if (labels is null && seen.Count < 2)
        {
            throw lines.Mistake($"the gold column '{gold}' holds one label only, '{seen.Min}', and no labels are given");
        }

        return new RecordedStream(order is null ? items.Select(item => item!) : order.Pick(items, path), labels ?? new LabelSpace(seen));
    }

    private static int Find(NumberedLines lines, string[] header, string column)
    {
        var place = Array.IndexOf(header, column);
        if (place < 0)
        {
            throw lines.Mistake($"there is no column '{column}'; the columns are {string.Join(", ", header)}");
        }

        return Array.LastIndexOf(header, column) == place ? place : throw lines.Mistake($"the column '{column}' is there twice");
    }

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
