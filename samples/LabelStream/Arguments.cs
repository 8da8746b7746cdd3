using System.CommandLine;
using LlmCascade.Evaluation;

namespace LabelStream;

/// <summary>What the command line says: nothing for a stream that is made up, or a recorded one.</summary>
internal sealed class Arguments
{
    private readonly Option<string?> _stream = new("--stream") { HelpName = "FILE.tsv[.gz]", Description = "A recorded stream; without it one is made up." };
    private readonly Option<string?> _text = new("--text") { HelpName = "COLUMN", Description = "The column with the texts." };
    private readonly Option<string?> _gold = new("--gold") { HelpName = "COLUMN", Description = "The column with the right labels." };
    private readonly Option<string?> _expert = new("--expert") { HelpName = "COLUMN", Description = "The column with the expert's labels." };
    private readonly Option<string?> _labels = new("--labels") { HelpName = "A,B,…", Description = "The labels; by default the distinct gold labels." };
    private readonly Option<string?> _order = new("--order") { HelpName = "FILE", Description = "Row numbers from 0: which rows make the stream, in this order." };
    private readonly Option<string> _budget = new("--budget") { HelpName = "N|SHARE", Description = "The calls of the expert.", DefaultValueFactory = _ => "0.15" };

    /// <summary>Makes the command of the sample.</summary>
    /// <param name="label">Labels a stream with so many calls of its expert.</param>
    public RootCommand ToCommand(Func<RecordedStream, int, Task> label)
    {
        var command = new RootCommand("Labels a stream with an online cascade.") { _stream, _text, _gold, _expert, _labels, _order, _budget };
        command.SetAction(async (parsed, _) =>
        {
            try
            {
                var stream = Load(parsed);
                await label(stream, new ReplayOptions(ReplayBudget.Parse(parsed.GetValue(_budget)!)).Validate(stream));
                return 0;
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException or FormatException)
            {
                Console.Error.WriteLine(e.Message);
                return 2;
            }
        });
        return command;
    }

    private RecordedStream Load(ParseResult parsed)
    {
        Option<string?>[] columns = [_text, _gold, _expert];
        if (parsed.GetValue(_stream) is not { } path)
        {
            Option<string?>[] others = [.. columns, _labels, _order];
            return Array.Find(others, option => parsed.GetValue(option) is not null) is { } needless
                ? throw new ArgumentException($"{needless.Name} says something about a recorded stream; name it with --stream.")
                : GeneratedStream.Make();
        }

        return Array.Find(columns, option => parsed.GetValue(option) is null) is { } missing
            ? throw new ArgumentException($"Name a column with {missing.Name}.")
            : RecordedStream.Load(
                path, parsed.GetValue(_text)!, parsed.GetValue(_gold)!, parsed.GetValue(_expert)!, parsed.GetValue(_labels)?.Split(','), parsed.GetValue(_order));
    }
}
