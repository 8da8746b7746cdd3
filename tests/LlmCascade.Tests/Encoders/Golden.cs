using System.Text.Json;
using Xunit;

namespace LlmCascade.Tests.Encoders;

/// <summary>The real weights and the values of the reference libraries that may lie beside the repository.</summary>
internal static class Golden
{
    public static string Model => Existing("models/all-MiniLM-L6-v2");

    /// <summary>Reads the texts with their tokens and embeddings.</summary>
    public static List<(string Text, int[] Tokens, float[] Embedding)> Embeddings() =>
    [
        .. File.ReadLines(Existing("models/golden/embeddings.jsonl")).Select(line =>
        {
            using var json = JsonDocument.Parse(line);
            return (
                json.RootElement.GetProperty("text").GetString()!,
                json.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray(),
                json.RootElement.GetProperty("embedding").EnumerateArray().Select(number => number.GetSingle()).ToArray());
        }),
    ];

    public static JsonElement Read(string name)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Existing($"models/golden/{name}.json")));
        return json.RootElement.Clone();
    }

    private static string Existing(string path)
    {
        var full = RepositoryRoot.Shared(path);
        Assert.SkipUnless(File.Exists(full) || Directory.Exists(full), $"{full} is not there.");
        return full;
    }
}
