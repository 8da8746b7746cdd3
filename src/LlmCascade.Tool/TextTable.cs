namespace LlmCascade.Tool;

/// <summary>Writes rows of cells under each other.</summary>
internal static class TextTable
{
    private const string Gap = "  ";

    /// <summary>Writes rows, the first column to the left, the others to the right.</summary>
    public static void Write(TextWriter output, IReadOnlyList<string[]> rows)
    {
        var widths = rows[0].Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            output.WriteLine(string.Join(Gap, row.Select((cell, column) =>
                column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))));
        }
    }
}
