using System.Globalization;
using System.Text;
using System.Text.Json;

namespace StepDetectors;

/// <summary>Writes tables as text or as JSON.</summary>
internal static class Report
{
    public static string AsText(IEnumerable<Table> tables)
    {
        var text = new StringBuilder();
        foreach (var table in tables)
        {
            text.Append(table.Title).Append('\n');
            string[][] lines = [table.Columns, .. table.Rows.Select(row => row.Select(Write).ToArray())];
            int[] widths = [.. table.Columns.Select((_, i) => lines.Max(line => line[i].Length))];
            foreach (var line in lines)
            {
                text.Append(string.Join("  ", line.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd()).Append('\n');
            }

            foreach (var note in table.Notes)
            {
                text.Append("  ").Append(note).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    public static string AsJson(IEnumerable<Table> tables)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            foreach (var table in tables)
            {
                writer.WriteStartArray(table.Id);
                foreach (var row in table.Rows)
                {
                    writer.WriteStartObject();
                    for (var i = 0; i < row.Length; i++)
                    {
                        writer.WritePropertyName(table.Columns[i]);
                        Write(writer, row[i]);
                    }

                    writer.WriteEndObject();
                }

                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string Write(object cell) => Convert.ToString(cell, CultureInfo.InvariantCulture)!;

    private static void Write(Utf8JsonWriter writer, object cell)
    {
        switch (cell)
        {
            case int count:
                writer.WriteNumberValue(count);
                break;
            case Figure { Value: double.NaN }:
                writer.WriteNullValue();
                break;
            case Figure { Low: double.NaN } figure:
                writer.WriteNumberValue(figure.Value);
                break;
            case Figure figure:
                writer.WriteStartObject();
                writer.WriteNumber("value", figure.Value);
                writer.WriteNumber("low", figure.Low);
                writer.WriteNumber("high", figure.High);
                writer.WriteEndObject();
                break;
            default:
                writer.WriteStringValue(Write(cell));
                break;
        }
    }
}
