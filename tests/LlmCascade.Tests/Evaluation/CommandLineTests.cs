using System.Diagnostics;
using System.Text.Json;
using LlmCascade.Evaluation;
using LlmCascade.Tool;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFiles _files = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public CommandLineTests() => _files.Write("stream.tsv", Streams.Random(200).ToTable());

    public void Dispose()
    {
        _files.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task With_json_exactly_one_object_is_printed_and_nothing_else()
    {
        Assert.Equal(0, await ReplayAsync("--budget 0.25 --json"));

        Assert.Equal(50, JsonDocument.Parse(_output.ToString()).RootElement.GetProperty("expertCalls").GetInt32());
        Assert.Single(_output.ToString().TrimEnd('\n').Split('\n'));
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task Without_json_a_table_is_printed_whose_lines_are_equally_long()
    {
        Assert.Equal(0, await ReplayAsync("--budget 50"));

        var lines = _output.ToString().TrimEnd('\n').Split('\n');
        Assert.Single(lines.Select(line => line.Length).Distinct());
        Assert.Contains(lines, line => line.StartsWith("expert calls  ", StringComparison.Ordinal) && line.EndsWith("  50", StringComparison.Ordinal));
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task Several_runs_are_listed_below_their_mean()
    {
        Assert.Equal(0, await ReplayAsync("--budget 50 --seed 5 --seeds 2 --shuffles 2"));

        var lines = _output.ToString().Split('\n');
        Assert.Contains(lines, line => line.StartsWith("  standard deviation over runs  ", StringComparison.Ordinal));
        Assert.Equal(["shuffle 1     5", "shuffle 1     6", "shuffle 2     5", "shuffle 2     6"], lines[^5..^1].Select(line => line.Trim()[..15]));
    }

    [Fact]
    public async Task The_table_of_two_modes_has_two_columns()
    {
        var stream = Streams.Random(200);
        var report = await Replay.RunAsync(stream, new(ReplayBudget.Calls(50)) { Method = ReplayMethod.Random });
        var other = report with { Mode = "paper", Tiers = [report.Tiers[0] with { Name = "other" }] };

        ReplayTable.Write(_output, [report, other], [Replay.Compare(stream, report, other)]);

        var lines = _output.ToString().Split('\n');
        Assert.EndsWith("  random, default, majority  random, paper, other", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("tier other: answered", StringComparison.Ordinal) && line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2..] is ["-", "150"]);
    }

    [Fact]
    public async Task Lists_of_tiers_are_compared_with_the_first()
    {
        Assert.Equal(0, await ReplayAsync("--budget 50 --tiers lr,lr --json"));

        using var json = JsonDocument.Parse(_output.ToString());
        Assert.Equal(2, json.RootElement.GetProperty("modes").GetArrayLength());
        var accuracy = json.RootElement.GetProperty("againstFirst")[0].GetProperty("accuracy");
        Assert.Equal((0, 0, 0), (accuracy.GetProperty("value").GetDouble(), accuracy.GetProperty("low").GetDouble(), accuracy.GetProperty("high").GetDouble()));
    }

    [Theory]
    [InlineData("", "Option '--budget' is required.")]
    [InlineData("--budget 201", "The budget of 201 calls is larger than the stream, which has 200 items.")]
    [InlineData("--budget 0", "The budget '0' is neither a number of calls, such as 1300, nor a share of the items, such as 0.25.")]
    [InlineData("--budget 0.001", "The budget 0.001 is less than one call: the stream has 200 items.")]
    [InlineData("--budget 5 --seeds x", "--seeds takes a number, and not 'x'.")]
    [InlineData("--budget 5 --seed -1", "--seed takes a number, and not '-1'.")]
    [InlineData("--budget 5 --seeds 0", "The number of seeds lies between 1 and 10000.")]
    [InlineData("--budget 5 --seed 1 --seed 2", "Option '--seed' expects a single argument but 2 were provided.")]
    [InlineData("--budget 5 --mode best", "--mode is one of default, paper, and not 'best'.")]
    [InlineData("--budget 5 --mode paper,paper", "--mode names a mode twice.")]
    [InlineData("--budget 5 --mode paper", "Only the method cascade has a paper mode.")]
    [InlineData("--budget 5 --mu 0.1", "--mu and --settings need --mode paper.")]
    [InlineData("--budget 5 --settings imdb-small", "--mu and --settings need --mode paper.")]
    [InlineData("--budget 5 --deferral margin", "--deferral is one of calibrated, maxprob, entropy, and not 'margin'.")]
    [InlineData("--budget 5 --deferral entropy", "Only the cascade's default mode takes another deferral than calibrated.")]
    [InlineData("--budget 5 --train-order order.txt", "--method distilled and --train-order go together.")]
    [InlineData("--budget 5 --tiers lr+gpt", "There is no tier 'gpt'; there are lr, embed and bert.")]
    [InlineData("--budget 5 --tiers lr+bert", "The tier bert needs --model FOLDER.")]
    [InlineData("--budget 5 --tiers embed --model nowhere", "There is no model folder")]
    [InlineData("--budget 5 --tiers lr+bert --model nowhere", "There is no model folder")]
    [InlineData("--budget 5 --warm-up -1", "--warm-up takes a number, and not '-1'.")]
    [InlineData("--budget 5 --audit-share 1", "AuditShare of 1")]
    [InlineData("--budget 5 --mode paper --deferral entropy", "--deferral needs --mode default.")]
    [InlineData("--budget 5 --expert-cost 0", "A call of the expert costs more than 0.")]
    [InlineData("--budget 5 --seed 18446744073709551615 --seeds 2", "there are no 2 seeds more")]
    [InlineData("--budget 5 --labels yes", "A label space needs at least two labels; 1 given.")]
    [InlineData("--budget 5 --labels yes,yes", "The label 'yes' is given twice.")]
    [InlineData("--budget 5 --labels yes,nay", "line 7: the gold label 'no' is none of the labels yes, nay.")]
    [InlineData("--budget 5 --order nowhere.txt", "Could not find file")]
    [InlineData("--budget 5 --colour red", "Unrecognized command or argument '--colour'.")]
    [InlineData("--budget 5 @more", "Unrecognized command or argument '@more'.")]
    public async Task Bad_input_is_one_line_on_the_error_output_and_exit_code_2(string flags, string message)
    {
        Assert.Equal(2, await ReplayAsync(flags));

        Assert.Contains(message, _error.ToString(), StringComparison.Ordinal);
        Assert.Single(_error.ToString().TrimEnd('\n').Split('\n'));
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task The_other_kinds_of_bad_input_end_the_same_way()
    {
        _files.Write("cut.tsv.gz", TemporaryFiles.Zip(Streams.Random(200).ToTable())[..^40]);
        _files.Write("order.txt", "0\n200\n");

        Assert.Equal(2, await RunAsync("replay", "--stream", _files.PathOf("cut.tsv.gz"), "--text", "text", "--gold", "gold", "--expert", "expert", "--budget", "5"));
        Assert.Equal(2, await RunAsync("replay", "--stream", _files.PathOf("stream.tsv"), "--text", "body", "--gold", "gold", "--expert", "expert", "--budget", "5"));
        Assert.Equal(2, await ReplayAsync($"--budget 5 --order {_files.PathOf("order.txt")}"));
        Assert.Equal(2, await RunAsync());

        var lines = _error.ToString().TrimEnd('\n').Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.EndsWith("the gzip data is broken.", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("line 1: there is no column 'body'; the columns are text, gold, expert.", lines[1], StringComparison.Ordinal);
        Assert.Contains("line 2: there is no row 200", lines[2], StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("replay --help")]
    [InlineData("--version")]
    public async Task Help_and_version_are_no_mistake(string arguments)
    {
        Assert.Equal(0, await RunAsync(arguments.Split(' ')));

        Assert.NotEmpty(_output.ToString());
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task An_interruption_is_exit_code_130()
    {
        Assert.Equal(130, await ReplayAsync("--budget 5 --json", new CancellationToken(canceled: true)));

        Assert.Empty(_output.ToString());
        Assert.Equal("Interrupted.\n", _error.ToString());
    }

    [Theory]
    [InlineData("0.25", 0)]
    [InlineData("201", 2)]
    public async Task The_process_ends_with_the_same_codes(string budget, int code)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "LlmCascade.Tool.dll"), .. Arguments($"--budget {budget} --json")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(code, process.ExitCode);
        Assert.Equal(code == 0 ? 1 : 0, output.Count(character => character == '\n'));
        Assert.Equal(code == 0 ? 0 : 1, (await error).Count(character => character == '\n'));
    }

    private Task<int> ReplayAsync(string flags, CancellationToken cancellationToken = default) => RunAsync(Arguments(flags), cancellationToken);

    private string[] Arguments(string flags) =>
    [
        "replay", "--stream", _files.PathOf("stream.tsv"), "--text", "text", "--gold", "gold", "--expert", "expert", "--method", "random",
        .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries),
    ];

    private Task<int> RunAsync(params string[] arguments) => RunAsync(arguments, default);

    private Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken) => CommandLine.RunAsync(
        arguments, _output, _error, new ProgressLine(_error, isTerminal: false, new FakeTimeProvider()), cancellationToken);
}
