using System.IO.Compression;
using System.Text.Json;

namespace StepDetectors;

/// <summary>Reads recorded solutions.</summary>
/// <param name="folder">Where the files lie.</param>
internal sealed class Streams(string folder)
{
    private const string Free = "gsm8k-weak-strong.tsv.gz";
    private const string Lines = "gsm8k-four.jsonl.gz";

    /// <summary>Says what is missing, for people; <see langword="null"/> where all is there.</summary>
    public string? FindMissing() => new[] { Free, Lines }.FirstOrDefault(name => !File.Exists(Path.Combine(folder, name))) is { } missing
        ? $"The recorded solutions '{missing}' are not in '{Path.GetFullPath(folder)}'. Say where they are with --streams."
        : null;

    /// <summary>Reads solutions in free text: those of the weak model, and those of the strong one.</summary>
    public (IReadOnlyList<Solution> Weak, IReadOnlyList<Solution> Strong) ReadFree()
    {
        List<Solution> weak = [], strong = [];
        using var reader = Open(Free);
        var columns = reader.ReadLine()!.Split('\t').Index().ToDictionary(column => column.Item, column => column.Index);
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split('\t');
            weak.Add(new Solution(cells[columns["id"]], "weak", cells[columns["weak_response"]], cells[columns["weak_correct"]] == "1"));
            strong.Add(new Solution(cells[columns["id"]], "strong", cells[columns["strong_response"]], cells[columns["strong_correct"]] == "1"));
        }

        return (weak, strong);
    }

    /// <summary>Reads questions with several models' solutions, one step a line.</summary>
    public IReadOnlyList<Question> ReadLines()
    {
        List<Question> questions = [];
        using var reader = Open(Lines);
        while (reader.ReadLine() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            var row = document.RootElement;
            var id = Text(row, "id");
            questions.Add(new Question(
                id,
                Text(row, "prompt"),
                Text(row, "gold"),
                Text(row, "gold_solution"),
                [.. row.GetProperty("outputs").EnumerateObject().Select(output =>
                    new Solution(id, output.Name, Text(output.Value, "text"), output.Value.GetProperty("score").GetDouble() > 0))]));
        }

        return questions;
    }

    private static string Text(JsonElement row, string name) => row.GetProperty(name).GetString()!;

    private StreamReader Open(string name) => new(new GZipStream(File.OpenRead(Path.Combine(folder, name)), CompressionMode.Decompress));
}
