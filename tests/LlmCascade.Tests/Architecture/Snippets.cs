using System.Text.RegularExpressions;

namespace LlmCascade.Tests.Architecture;

/// <summary>The rule that code shown in the documentation is code that was compiled.</summary>
/// <remarks>
/// In a document, <c>&lt;!-- snippet: NAME --&gt;</c> stands before a block of C#; in a sample, <c>// snippet: NAME</c> and
/// <c>// end-snippet</c> enclose the same lines, indented as the sample likes. A file of JSON is one
/// snippet, and its path the name. A block of C# without a mark is a mistake.
/// </remarks>
internal static partial class Snippets
{
    private const string Fence = "```";
    private const string RegionEnd = "// end-snippet";

    /// <summary>Finds the marked blocks that no sample holds as they stand, and what is wrong with the marks themselves.</summary>
    public static List<string> FindDifferences(IEnumerable<TextFile> documents, IEnumerable<TextFile> samples)
    {
        List<string> found = [];
        var regions = ReadRegions(samples, found);
        foreach (var document in documents)
        {
            var isMarked = false;
            for (var i = 0; i < document.Lines.Length; i++)
            {
                if (document.Lines[i].Trim() == Fence + "csharp" && !isMarked)
                {
                    found.Add($"{document.Path}: the block of csharp in line {i + 1} is no snippet");
                }

                isMarked &= string.IsNullOrWhiteSpace(document.Lines[i]);
                if (DocumentMark.Match(document.Lines[i]) is { Success: true } mark)
                {
                    isMarked = true;
                    var name = mark.Groups["name"].Value;
                    var difference = ReadBlock(document.Lines, i + 1) is not { } block ? "is not followed by a block of csharp or json"
                        : !regions.TryGetValue(name, out var region) ? "is in no sample"
                        : block != region ? "differs from its sample"
                        : null;
                    if (difference is not null)
                    {
                        found.Add($"{document.Path}: the snippet {name} {difference}");
                    }
                }
            }
        }

        return found;
    }

    private static Dictionary<string, string> ReadRegions(IEnumerable<TextFile> samples, List<string> found)
    {
        Dictionary<string, string> regions = [];
        foreach (var sample in samples)
        {
            if (sample.Path.EndsWith(".json", StringComparison.Ordinal))
            {
                regions.Add(sample.Path, Unindent(sample.Lines));
                continue;
            }

            for (var i = 0; i < sample.Lines.Length; i++)
            {
                if (SampleMark.Match(sample.Lines[i]) is not { Success: true } mark)
                {
                    continue;
                }

                var name = mark.Groups["name"].Value;
                var end = Array.FindIndex(sample.Lines, i + 1, line => line.Trim() == RegionEnd);
                if (end < 0)
                {
                    found.Add($"{sample.Path}: the snippet {name} has no end");
                }
                else if (!regions.TryAdd(name, Unindent(sample.Lines[(i + 1)..end])))
                {
                    found.Add($"{sample.Path}: the snippet {name} is there twice");
                }
            }
        }

        return regions;
    }

    private static string? ReadBlock(string[] lines, int start)
    {
        while (start < lines.Length && string.IsNullOrWhiteSpace(lines[start]))
        {
            start++;
        }

        if (start == lines.Length || lines[start].Trim() is not (Fence + "csharp" or Fence + "json"))
        {
            return null;
        }

        var end = Array.FindIndex(lines, start + 1, line => line.Trim() == Fence);
        return end < 0 ? null : Unindent(lines[(start + 1)..end]);
    }

    private static string Unindent(string[] lines)
    {
        var indentation = lines
            .Where(line => !string.IsNullOrWhiteSpace(line))
            .Select(line => line.Length - line.TrimStart().Length)
            .DefaultIfEmpty()
            .Min();
        return string.Join('\n', lines.Select(line => line.Length < indentation ? "" : line[indentation..].TrimEnd())).Trim('\n');
    }

    [GeneratedRegex(@"^\s*<!--\s*snippet:\s*(?<name>\S+)\s*-->\s*$")]
    private static partial Regex DocumentMark { get; }

    [GeneratedRegex(@"^\s*// snippet: (?<name>\S+)\s*$")]
    private static partial Regex SampleMark { get; }
}
