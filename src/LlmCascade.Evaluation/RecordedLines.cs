using System.Text.Json;

namespace LlmCascade.Evaluation;

/// <summary>A file of recorded answers, one JSON object a line.</summary>
internal static class RecordedLines
{
    public static RecordedAnswers Read(string path)
    {
        using var lines = new NumberedLines(path);
        List<RecordedPrompt> prompts = [];
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (lines.Read() is { } line)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            var prompt = Read(line, lines);
            prompts.Add(ids.Add(prompt.Id) ? prompt : throw lines.Mistake($"the id '{prompt.Id}' is there twice"));
        }

        return prompts.Count > 0 ? new RecordedAnswers(prompts) : throw lines.Mistake("there is no prompt");
    }

    private static RecordedPrompt Read(string line, NumberedLines lines)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var row = json.RootElement;
            if (row.ValueKind != JsonValueKind.Object)
            {
                throw lines.Mistake("there is no JSON object");
            }

            if (!row.TryGetProperty("outputs", out var outputs) || outputs.ValueKind != JsonValueKind.Object)
            {
                throw lines.Mistake("there are no \"outputs\"");
            }

            var (answers, names) = (new OrderedDictionary<string, RecordedAnswer>(StringComparer.Ordinal), new HashSet<string>(StringComparer.Ordinal));
            foreach (var output in outputs.EnumerateObject())
            {
                var answer = AnswerOf(output);
                if (!names.Add(output.Name))
                {
                    throw lines.Mistake($"'{output.Name}' answers twice");
                }

                // What nobody has scored can be neither spoken nor deferred to.
                if (answer is not null)
                {
                    answers.Add(output.Name, answer);
                }
            }

            return new RecordedPrompt(Text("id")!, Text("prompt")!, answers)
            {
                Reference = Text("reference", isRequired: false),
                FirstTurn = Text("first_turn", isRequired: false),
                FirstAnswer = Text("first_answer", isRequired: false),
            };

            string? Text(string name, bool isRequired = true) =>
                row.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()
                : !isRequired && value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null ? null
                : throw lines.Mistake($"\"{name}\" is no text");
        }
        catch (JsonException e)
        {
            throw lines.Mistake($"there is no JSON object ({e.Message.Split(". ")[0].TrimEnd('.')})");
        }

        RecordedAnswer? AnswerOf(JsonProperty output)
        {
            if (output.Value.ValueKind != JsonValueKind.Object
                || !output.Value.TryGetProperty("text", out var text) || text.ValueKind != JsonValueKind.String
                || !output.Value.TryGetProperty("score", out var score) || score.ValueKind is not (JsonValueKind.Number or JsonValueKind.Null))
            {
                throw lines.Mistake($"the output of '{output.Name}' has no \"text\", or no number as its \"score\"");
            }

            return score.ValueKind == JsonValueKind.Null ? null
                : score.TryGetDouble(out var value) && double.IsFinite(value)
                ? new RecordedAnswer(text.GetString()!, value)
                : throw lines.Mistake($"the score of '{output.Name}' is not finite");
        }
    }
}
