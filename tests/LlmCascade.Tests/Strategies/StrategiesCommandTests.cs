using System.Text.Json;
using LlmCascade.Tool;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class StrategiesCommandTests : RepositoryTest
{
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    [Fact]
    public async Task List_shows_one_strategy_a_line()
    {
        await FillAsync();

        Assert.Equal(0, await RunAsync("list", Path));

        Assert.Equal(
            $"""
            id                                scope     producer  made               status  shown  won  lost  query
            {Make().Id}  tenant-1  expert    2026-03-01 12:00Z  active  1      4    0     How do I return a broken lamp?
            {Make("Where is it?", "tenant-2").Id}  tenant-2  expert    2026-03-01 12:00Z  active  0      0    0     Where is it?

            """,
            _output.ToString());
    }

    [Fact]
    public async Task List_and_export_can_be_narrowed()
    {
        await FillAsync();

        Assert.Equal(0, await RunAsync("list", Path, "--scope", "tenant-2"));
        Assert.Equal(0, await RunAsync("export", Path, "--id", Make().Id));
        Assert.Equal(0, await RunAsync("export", Path, "--producer", "nobody"));

        Assert.DoesNotContain("lamp", _output.ToString().Split('\n')[1], StringComparison.Ordinal);
        Assert.Equal(4, _output.ToString().Split('\n').Length);
    }

    [Fact]
    public async Task Show_prints_all_of_one()
    {
        await FillAsync();

        Assert.Equal(0, await RunAsync("show", Path, Make().Id));

        using var json = JsonDocument.Parse(_output.ToString());
        Assert.Equal(
            ("tenant-1", Query, Make().Text, "active", 4.0),
            (Text("scope"), Text("query"), Text("text"), Text("status"), json.RootElement.GetProperty("counters").GetProperty("wins").GetDouble()));

        string? Text(string name) => json.RootElement.GetProperty(name).GetString();
    }

    [Fact]
    public async Task What_is_exported_can_be_imported()
    {
        await FillAsync();
        Assert.Equal(0, await RunAsync("export", Path));
        await File.WriteAllTextAsync(Folder.File("export.jsonl"), _output.ToString());

        Assert.Equal(0, await RunAsync("import", Folder.File("other"), Folder.File("export.jsonl")));
        Assert.Equal(0, await RunAsync("import", Folder.File("other"), Folder.File("export.jsonl")));

        await using var from = Open();
        await using var to = Open("other");
        Assert.EndsWith("2 of 2 added.\n0 of 2 added.\n", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(
            (await from.ListAsync(StrategyFilter.InAllScopes)).Select(each => (each.Id, each.Producer, each.CreatedAt, each.Status)),
            (await to.ListAsync(StrategyFilter.InAllScopes)).Select(each => (each.Id, each.Producer, each.CreatedAt, each.Status)));
    }

    [Fact]
    public async Task Import_takes_question_answer_pairs()
    {
        await File.WriteAllTextAsync(
            Folder.File("pairs.jsonl"),
            """
            {"question":"How long may I return it?","answer":"45 days"}

            {"question":"Where?","answer":"Counter 7","scope":"tenant-2","producer":"faq","extra":1}
            """);

        Assert.Equal(0, await RunAsync("import", Path, Folder.File("pairs.jsonl"), "--scope", "tenant-1"));

        await using var repository = Open();
        Assert.Equal(
            [("tenant-1", "How long may I return it?", "45 days", "import"), ("tenant-2", "Where?", "Counter 7", "faq")],
            (await repository.ListAsync(StrategyFilter.InAllScopes)).Select(each => (each.Scope, each.Query, each.Text, each.Producer)));
        Assert.Equal("45 days", Assert.Single(await repository.FindAsync(new StrategyQuery("tenant-1", "How long may I return it?"))).Strategy.Text);
    }

    [Theory]
    [InlineData("""{"question":"a"}""", "line 1: there is no \"answer\".")]
    [InlineData("""{"answer":"a"}""", "line 1: there is no \"question\".")]
    [InlineData("""{"question":" ","answer":"a"}""", "line 1: query is blank or too long.")]
    [InlineData("not json", "line 1: there is no JSON object with the right fields")]
    [InlineData("null", "line 1: there is no JSON object.")]
    [InlineData("[]", "line 1: there is no JSON object with the right fields")]
    [InlineData("""{"question":"a","answer":"b","status":"best"}""", "line 1: there is no JSON object with the right fields")]
    public async Task A_line_that_cannot_be_imported_is_named_and_nothing_is_imported(string line, string message)
    {
        await File.WriteAllTextAsync(Folder.File("pairs.jsonl"), line);

        Assert.Equal(2, await RunAsync("import", Path, Folder.File("pairs.jsonl"), "--scope", "s"));

        Assert.StartsWith($"{Folder.File("pairs.jsonl")}, {message}", _error.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public async Task Import_needs_a_scope()
    {
        await File.WriteAllTextAsync(Folder.File("pairs.jsonl"), """{"question":"a","answer":"b"}""");

        Assert.Equal(2, await RunAsync("import", Path, Folder.File("pairs.jsonl")));

        Assert.Contains("there is no \"scope\"; name one for all lines with --scope", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Delete_erases_the_text_and_says_how_many()
    {
        await FillAsync();

        Assert.Equal(0, await RunAsync("delete", Path, "--scope", "tenant-1"));

        Assert.Equal("1 deleted.\n", _output.ToString());
        Assert.DoesNotContain("lamp", await File.ReadAllTextAsync(Path), StringComparison.Ordinal);
        await using var repository = Open();
        Assert.Equal("tenant-2", (await OnlyAsync(repository)).Scope);
    }

    [Fact]
    public async Task Delete_wants_to_hear_what()
    {
        await FillAsync();

        Assert.Equal(2, await RunAsync("delete", Path));
        Assert.Equal(2, await RunAsync("delete", Path, "--everything", "--scope", "tenant-1"));
        Assert.Equal("Say which ones: --scope, --producer or --id, or --everything alone.", _error.ToString().Split('\n')[0]);
        Assert.Equal(0, await RunAsync("delete", Path, "--everything"));
        Assert.Equal("2 deleted.\n", _output.ToString());
    }

    [Fact]
    public async Task Merge_takes_over_other_journals()
    {
        await FillAsync();
        await using (var other = Open("other"))
        {
            await other.AddAsync(Make("Do you ship abroad?"));
        }

        Assert.Equal(0, await RunAsync("merge", Path, Folder.File("other"), Folder.File("other")));

        Assert.Equal($"{Folder.File("other")}: 1 added, 0 changed, 0 deleted.\n{Folder.File("other")}: 0 added, 0 changed, 0 deleted.\n", _output.ToString());
    }

    [Fact]
    public async Task What_is_being_written_can_be_listed_and_not_changed()
    {
        await using var writer = Open();
        await writer.AddAsync(Make());

        Assert.Equal(0, await RunAsync("list", Path));
        Assert.Equal(2, await RunAsync("delete", Path, "--everything"));

        Assert.Contains("is being written by another process", _error.ToString(), StringComparison.Ordinal);
        Assert.Single(await writer.ListAsync(StrategyFilter.InAllScopes));
    }

    [Fact]
    public async Task Mistakes_are_told_in_one_line_and_make_no_journal()
    {
        await FillAsync();
        string[][] mistakes =
        [
            ["list", Folder.File("missing")], ["show", Path, "0000"], ["delete", Folder.File("missing"), "--everything"],
            ["merge", Folder.File("missing"), Path], ["merge", Path, Folder.File("missing")], ["merge", Path, Path], ["import", Folder.File("missing"), Folder.File("nothing")],
            ["list", Path, "--scope", " "], ["merge", Path], ["import", Folder.File("missing"), Path, "--embeddings", Folder.File("nowhere")],
        ];
        foreach (var mistake in mistakes)
        {
            Assert.True(await RunAsync(mistake) == 2, string.Join(' ', mistake));
        }

        Assert.Equal(mistakes.Length, _error.ToString().TrimEnd('\n').Split('\n').Length);
        Assert.Empty(_output.ToString());
        Assert.False(File.Exists(Folder.File("missing")));
    }

    [Fact]
    public async Task A_text_that_would_steer_the_terminal_is_shown_without_doing_so()
    {
        await using (var repository = Open())
        {
            await repository.AddAsync(new Strategy(Scope, "red \u001b[31m\r\nand a bell \a", "text \u009b1m", "expert"));
        }

        Assert.Equal(0, await RunAsync("list", Path));
        Assert.Equal(0, await RunAsync("export", Path));

        Assert.DoesNotContain(_output.ToString(), each => char.IsControl(each) && each != '\n');
        Assert.Equal(3, _output.ToString().TrimEnd('\n').Split('\n').Length);
    }

    private async Task FillAsync()
    {
        await using var repository = Open();
        await repository.AddAsync(Make());
        await repository.AddAsync(Make("Where is it?", "tenant-2"));
        await repository.RecordAsync(new StrategyOutcome(Scope, Make().Id, StrategyOutcomeKind.Shown));
        await repository.RecordAsync(new StrategyOutcome(Scope, Make().Id, StrategyOutcomeKind.Won, 0.25));
    }

    private Task<int> RunAsync(params string[] arguments) => CommandLine.RunAsync(
        ["strategies", .. arguments], _output, _error, new ProgressLine(_error, isTerminal: false, Time), TestContext.Current.CancellationToken);
}
