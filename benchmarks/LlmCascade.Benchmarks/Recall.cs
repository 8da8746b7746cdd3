using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using LlmCascade.Embeddings;
using LlmCascade.Strategies.Retrieval;
using Microsoft.Extensions.AI;

namespace LlmCascade.Benchmarks;

/// <summary>How often an embedder finds another translation of the same sentence among those of many, by how many words both share.</summary>
internal static partial class Recall
{
    private const string Queries = "refB";
    private const string Stored = "metricsystem3";
    private const int Groups = 4;

    /// <param name="file">Translations by several systems, one JSON object a line: <c>outputs{system: {text}}</c>.</param>
    /// <param name="models">Folders of sentence encoders to measure beside the hashed embedding.</param>
    public static void Run(string file, string[] models)
    {
        var pairs = Read(file).OrderBy(pair => Overlap(pair.Query, pair.Stored)).ToArray();
        Console.WriteLine($"recall@1 of {pairs.Length} sentences, by the share of their words that {Queries} and {Stored} have in common (Jaccard)");
        var groups = pairs.Chunk((pairs.Length + Groups - 1) / Groups).ToArray();
        Console.WriteLine($"{"embedder",-24}{"all",8}{string.Concat(groups.Select(group => $"{Range(group),14}"))}");
        using var hashed = new HashedEmbeddingGenerator();
        Print("hashed, 384", hashed, pairs, groups);
        foreach (var folder in models)
        {
            using var model = new OnnxEmbeddingGenerator(folder);
            Print(Path.GetFileName(folder), model, pairs, groups);
        }
    }

    private static void Print(
        string name, IEmbeddingGenerator<string, Embedding<float>> embedder, (string Query, string Stored)[] pairs, (string Query, string Stored)[][] groups)
    {
        var stored = Embed(embedder, pairs.Select(pair => pair.Stored));
        var index = new VectorIndex(stored[0].Length);
        Array.ForEach(stored, each => index.Add(each));
        var isFound = Embed(embedder, pairs.Select(pair => pair.Query)).Select((query, row) =>
        {
            var best = new Neighbour[1];
            index.Search(query, best, float.NegativeInfinity, default(EveryRow));
            return best[0].Row == row;
        }).ToArray();
        var size = groups[0].Length;
        var shares = groups.Select((group, i) => Share(isFound.Skip(i * size).Take(group.Length)));
        Console.WriteLine($"{name,-24}{Share(isFound),8}{string.Concat(shares.Select(share => $"{share,14}"))}");
    }

    private static float[][] Embed(IEmbeddingGenerator<string, Embedding<float>> embedder, IEnumerable<string> texts) =>
        [.. texts.Chunk(32).SelectMany(batch => embedder.GenerateAsync(batch).GetAwaiter().GetResult()).Select(each => each.Vector.ToArray())];

    private static string Share(IEnumerable<bool> found) => found.Average(each => each ? 100.0 : 0).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Range((string Query, string Stored)[] group) => string.Create(
        CultureInfo.InvariantCulture, $"{Overlap(group[0].Query, group[0].Stored):0.00}-{Overlap(group[^1].Query, group[^1].Stored):0.00}");

    private static double Overlap(string left, string right)
    {
        var (first, second) = (WordsOf(left), WordsOf(right));
        return (double)first.Intersect(second).Count() / Math.Max(1, first.Union(second).Count());
    }

    private static HashSet<string> WordsOf(string text) => [.. Word().Matches(text.ToLowerInvariant()).Select(match => match.Value)];

    private static IEnumerable<(string Query, string Stored)> Read(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            using var row = JsonDocument.Parse(line);
            var outputs = row.RootElement.GetProperty("outputs");
            yield return (outputs.GetProperty(Queries).GetProperty("text").GetString()!, outputs.GetProperty(Stored).GetProperty("text").GetString()!);
        }
    }

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();

    private readonly struct EveryRow : IRowFilter
    {
        public bool Accepts(int row) => true;
    }
}
