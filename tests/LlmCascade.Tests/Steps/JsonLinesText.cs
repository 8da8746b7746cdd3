using System.Text;
using LlmCascade.Steps;

namespace LlmCascade.Tests.Steps;

/// <summary>Writes logs to texts, and reads texts as logs.</summary>
internal static class JsonLinesText
{
    public static async Task<string> WriteAsync(IEnumerable<TrajectoryRecord> records, Func<string, string>? redact = null)
    {
        using var stream = new MemoryStream();
        await TrajectoryFile.WriteAsync(stream, records, redact);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static async Task<string> WriteAsync(IEnumerable<TrainingExample> examples, Func<string, string>? redact = null)
    {
        using var stream = new MemoryStream();
        await TrainingExamples.WriteAsync(stream, examples, redact);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public static async Task<List<TrajectoryRecord>> ReadRecordsAsync(string text)
    {
        List<TrajectoryRecord> records = [];
        await foreach (var record in TrajectoryFile.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text))))
        {
            records.Add(record);
        }

        return records;
    }

    public static async Task<List<TrainingExample>> ReadExamplesAsync(string text)
    {
        List<TrainingExample> examples = [];
        await foreach (var example in TrainingExamples.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(text))))
        {
            examples.Add(example);
        }

        return examples;
    }
}
