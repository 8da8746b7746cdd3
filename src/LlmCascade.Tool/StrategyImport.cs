using System.Text.Json;
using LlmCascade.Evaluation;

namespace LlmCascade.Tool;

/// <summary>Reads strategies from question-answer pairs.</summary>
internal static class StrategyImport
{
    /// <param name="path">JSON objects, one a line.</param>
    /// <param name="scope">The scope of lines that name none.</param>
    /// <param name="producer">The producer of lines that name none.</param>
    /// <exception cref="InvalidDataException">A line is not as it has to be; the message names it.</exception>
    public static List<Strategy> Read(string path, string? scope, string producer)
    {
        using var lines = new NumberedLines(path);
        List<Strategy> strategies = [];
        while (lines.Read() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                strategies.Add(Read(line, lines, scope, producer));
            }
        }

        return strategies;
    }

    private static Strategy Read(string line, NumberedLines lines, string? scope, string producer)
    {
        try
        {
            var pair = JsonSerializer.Deserialize(line, StrategyJsonContext.Default.ImportedPair) ?? throw lines.Mistake("there is no JSON object");
            return new Strategy(
                pair.Scope ?? scope ?? throw lines.Mistake("there is no \"scope\"; name one for all lines with --scope"),
                pair.Question ?? pair.Query ?? throw lines.Mistake("there is no \"question\""),
                pair.Answer ?? pair.Text ?? throw lines.Mistake("there is no \"answer\""),
                pair.Producer ?? producer)
            {
                ModelId = pair.ModelId,
                CreatedAt = pair.CreatedAt,
                Status = pair.Status ?? StrategyStatus.Active,
            };
        }
        catch (JsonException e)
        {
            throw lines.Mistake($"there is no JSON object with the right fields ({e.Message.Split(". ")[0]})");
        }
        catch (ArgumentException e)
        {
            throw lines.Mistake($"{e.ParamName ?? "a value"} is blank or too long");
        }
    }
}
