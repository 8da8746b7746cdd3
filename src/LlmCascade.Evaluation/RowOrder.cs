using System.Globalization;

namespace LlmCascade.Evaluation;

/// <summary>The rows that make a stream, in their order, as a file with one row number a line says.</summary>
internal sealed class RowOrder
{
    private readonly string _path;
    private readonly List<int> _rows = [];

    // Row -> the line that names it.
    private readonly Dictionary<int, int> _lineOf = [];

    private RowOrder(string path) => _path = path;

    public static RowOrder Read(string path)
    {
        var order = new RowOrder(path);
        using var lines = new NumberedLines(path);
        while (lines.Read() is { } line)
        {
            if (!int.TryParse(line.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var row))
            {
                throw lines.Mistake($"'{line}' is no row number, which is 0 or a positive integer");
            }

            if (!order._lineOf.TryAdd(row, lines.Number))
            {
                throw lines.Mistake($"the row {row} is named a second time, after line {order._lineOf[row]}");
            }

            order._rows.Add(row);
        }

        return order._rows.Count > 0 ? order : throw lines.Mistake("there is no row number");
    }

    public bool Holds(int row) => _lineOf.ContainsKey(row);

    public IEnumerable<RecordedItem> Pick(List<RecordedItem?> items, string table)
    {
        foreach (var row in _rows)
        {
            yield return row < items.Count
                ? items[row]!
                : throw NumberedLines.Mistake(_path, _lineOf[row], $"there is no row {row}; '{table}' has the rows 0 to {items.Count - 1}");
        }
    }
}
