using System.CommandLine;
using System.Globalization;
using LlmCascade.Strategies;

namespace LlmCascade.Tool;

/// <summary><c>llmcascade strategies</c>: what is in a journal of strategies, and what is done to it.</summary>
internal static class StrategiesCommand
{
    public static Command Create(TextWriter output) => new("strategies", "Looks after a journal of strategies.")
    {
        List(output), Show(output), Export(output), Delete(output), Merge(output), Import(output),
    };

    private static Command List(TextWriter output)
    {
        var (journal, filter) = (Journal(), new StrategyFilterFlags());
        return Make("list", "Lists strategies, one a line.", [journal, .. filter.Symbols], async (parsed, cancellationToken) =>
        {
            await using var repository = Read(parsed.GetRequiredValue(journal));
            StrategyOutput.WriteTable(output, await repository.ListAsync(filter.Read(parsed), cancellationToken));
        });
    }

    private static Command Show(TextWriter output)
    {
        var (journal, id) = (Journal(), new Argument<string>("ID") { Description = "The id of the strategy." });
        return Make("show", "Shows all of one strategy as a JSON object.", [journal, id], async (parsed, cancellationToken) =>
        {
            await using var repository = Read(parsed.GetRequiredValue(journal));
            var found = await repository.ListAsync(StrategyFilter.InAllScopes with { Id = parsed.GetRequiredValue(id) }, cancellationToken);
            StrategyOutput.WriteObject(output, found is [var only] ? only : throw new BadInputException($"The journal has no strategy '{parsed.GetRequiredValue(id)}'."));
        });
    }

    private static Command Export(TextWriter output)
    {
        var (journal, filter) = (Journal(), new StrategyFilterFlags());
        return Make("export", "Writes strategies as JSON objects, one a line, which import reads.", [journal, .. filter.Symbols], async (parsed, cancellationToken) =>
        {
            await using var repository = Read(parsed.GetRequiredValue(journal));
            StrategyOutput.WriteLines(output, await repository.ListAsync(filter.Read(parsed), cancellationToken));
        });
    }

    private static Command Delete(TextWriter output)
    {
        var (journal, filter) = (Journal(), new StrategyFilterFlags(mustNarrow: true));
        return Make("delete", "Deletes strategies for ever, also from journals that are merged later, and their text from the file.", [journal, .. filter.Symbols], async (parsed, cancellationToken) =>
        {
            await using var repository = Write(Existing(parsed.GetRequiredValue(journal)));
            var deleted = await repository.DeleteAsync(filter.Read(parsed), cancellationToken);
            await repository.CompactAsync(cancellationToken);
            Tell(output, $"{deleted} deleted.");
        });
    }

    private static Command Merge(TextWriter output)
    {
        var (journal, embeddings) = (Journal(), Embeddings("For journals of different models: the folder of the sentence encoder to embed all with."));
        var others = new Argument<string[]>("OTHERS") { Arity = ArgumentArity.OneOrMore, Description = "The journals to take over. They stay as they are." };
        return Make("merge", "Takes over what other journals know.", [journal, others, embeddings], async (parsed, cancellationToken) =>
        {
            if (parsed.GetRequiredValue(others).Any(other => Path.GetFullPath(other) == Path.GetFullPath(parsed.GetRequiredValue(journal))))
            {
                throw new BadInputException("A journal cannot be merged with itself.");
            }

            using var model = LoadModel(parsed.GetValue(embeddings));
            await using var repository = Write(Existing(parsed.GetRequiredValue(journal)), model);
            foreach (var other in parsed.GetRequiredValue(others))
            {
                var result = await repository.MergeAsync(other, cancellationToken);
                Tell(output, $"{other}: {result.Added} added, {result.Changed} changed, {result.Deleted} deleted.");
            }
        });
    }

    private static Command Import(TextWriter output)
    {
        var (journal, embeddings) = (Journal(), Embeddings("The folder of the sentence encoder that the journal is embedded with, or is to be from now on; by default the hashed embedding, which needs none."));
        var file = new Argument<string>("FILE.jsonl") { Description = "JSON objects, one a line, with a question and an answer; scope and producer where they are not the same for all. .gz is unpacked." };
        var scope = new Option<string?>("--scope") { HelpName = "SCOPE", Description = "The scope of lines that name none." };
        var producer = new Option<string>("--producer") { HelpName = "NAME", Description = "Who made the answers of lines that name nobody; import by default.", DefaultValueFactory = _ => "import" };
        return Make("import", "Adds question-answer pairs as strategies. The journal is made where there is none.", [journal, file, scope, producer, embeddings], async (parsed, cancellationToken) =>
        {
            var strategies = BadInputException.Tell(() => StrategyImport.Read(parsed.GetRequiredValue(file), parsed.GetValue(scope), parsed.GetRequiredValue(producer)));
            using var model = LoadModel(parsed.GetValue(embeddings));
            await using var repository = Write(parsed.GetRequiredValue(journal), model);
            var added = await repository.AddAllAsync(strategies, cancellationToken);
            Tell(output, $"{added} of {strategies.Count} added.");
        });
    }

    private static Command Make(string name, string description, IEnumerable<Symbol> symbols, Func<ParseResult, CancellationToken, Task> run)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Add(argument);
            }
            else
            {
                command.Add((Option)symbol);
            }
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            await run(parsed, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }

    private static Argument<string> Journal() => new("JOURNAL") { Description = "The file of the journal." };

    private static Option<string?> Embeddings(string description) => new("--embeddings") { HelpName = "FOLDER", Description = description };

    private static OnnxEmbeddingGenerator? LoadModel(string? folder) => folder is null ? null : BadInputException.Tell(() => new OnnxEmbeddingGenerator(folder));

    private static InMemoryStrategyRepository Read(string journal) => BadInputException.Tell(
        () => new InMemoryStrategyRepository(new StrategyRepositoryOptions { Path = journal, IsReadOnly = true }));

    // A mistyped name must not make a journal.
    private static string Existing(string journal) => File.Exists(journal) ? journal : throw new BadInputException($"There is no journal '{journal}'.");

    // Nothing is evicted by who only looks after a journal.
    private static InMemoryStrategyRepository Write(string journal, OnnxEmbeddingGenerator? model = null) => BadInputException.Tell(
        () => new InMemoryStrategyRepository(new StrategyRepositoryOptions
        {
            Path = journal,
            EmbeddingGenerator = model,
            ReembedOnMismatch = model is not null,
            FlushToDisk = true,
            MaxStrategies = int.MaxValue,
        }));

    private static void Tell(TextWriter output, FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
