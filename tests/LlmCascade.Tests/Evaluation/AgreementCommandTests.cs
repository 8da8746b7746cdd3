using System.Text.Json;
using LlmCascade.Tool;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class AgreementCommandTests : IDisposable
{
    private const string Costs = "--costs a=2,b=1,c=3,t=100";

    private readonly TemporaryFiles _files = new();
    private readonly StringWriter _output = new() { NewLine = "\n" };
    private readonly StringWriter _error = new() { NewLine = "\n" };

    public AgreementCommandTests()
    {
        _files.Write("answers.jsonl", Answered.ByHand);
        _files.Write("answers.jsonl.gz", TemporaryFiles.Zip(Answered.ByHand));
    }

    public void Dispose()
    {
        _files.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task With_json_exactly_one_object_is_printed_with_the_documented_names()
    {
        Assert.Equal(0, await ReplayAsync($"--ensemble a,b,c --target t {Costs} --latencies a=1,b=2,c=3,t=4 --measure number --json"));

        Assert.Single(_output.ToString().TrimEnd('\n').Split('\n'));
        Assert.Empty(_error.ToString());
        var json = JsonDocument.Parse(_output.ToString()).RootElement;
        Assert.Equal(
            [
                "prompts", "ensemble", "target", "measure", "isCalibrated", "points", "baselines", "areaAboveRandom", "qualityAtCost40", "lowestCostAtTargetQuality",
                "lowestDeferralAtTargetQuality", "breakEvenDeferralRate", "againstMajority", "swap", "folds", "groups", "seed",
            ],
            Names(json));
        Assert.Equal(
            [
                "deferralRate", "cost", "quality", "low", "high", "latencyP50", "latencyP95", "latencyReduction", "sequentialLatencyP50", "sequentialLatencyP95",
                "bleu", "rougeL",
            ],
            Names(json.GetProperty("points")[0]));
        Assert.Equal(["value", "low", "high", "groupLow", "groupHigh"], Names(json.GetProperty("areaAboveRandom")));
        Assert.Equal(["alwaysTarget", "alwaysMember", "randomKeeps", "random", "length", "oracle", "majority"], Names(json.GetProperty("baselines")));
        Assert.Equal(["kept", "quality", "majority", "difference"], Names(json.GetProperty("againstMajority")[0]));
        Assert.Equal(0.31, json.GetProperty("points")[25].GetProperty("cost").GetDouble(), 1e-9);
        Assert.Equal(0.875, json.GetProperty("points")[25].GetProperty("quality").GetDouble(), 1e-9);
    }

    [Fact]
    public async Task The_documentation_names_every_property()
    {
        var documentation = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs", "replay.md"));
        await ReplayAsync("--ensemble a,b,c --target t --json");
        var replay = JsonDocument.Parse(_output.ToString()).RootElement;
        _output.GetStringBuilder().Clear();
        await ReplayAsync("--ensemble a,b,c --target t --choose 2 --json");
        var choice = JsonDocument.Parse(_output.ToString()).RootElement;

        IEnumerable<JsonElement> all =
        [
            replay, replay.GetProperty("points")[0], replay.GetProperty("baselines"), replay.GetProperty("baselines").GetProperty("alwaysTarget"),
            replay.GetProperty("againstMajority")[0], replay.GetProperty("areaAboveRandom"), choice, choice.GetProperty("signals")[0],
        ];
        Assert.All(all.SelectMany(Names), name => Assert.Contains($"`{name}`", documentation, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("answers.jsonl")]
    [InlineData("answers.jsonl.gz")]
    public async Task The_table_tells_what_a_person_looks_for(string file)
    {
        Assert.Equal(0, await RunAsync("replay-agreement", "--data", _files.PathOf(file), "--ensemble", "a,b,c", "--target", "t", "--costs", "a=2,b=1,c=3,t=100", "--latencies", "a=1,b=2,c=3,t=4", "--group", ":", "--measure", "number"));

        var lines = _output.ToString().Split('\n');
        Assert.Contains(lines, line => line.StartsWith("member b ", StringComparison.Ordinal) && line.Contains("0.7500", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("target t ", StringComparison.Ordinal) && line.Contains("1.0000", StringComparison.Ordinal));
        Assert.Equal(11, lines.Count(line => line.Contains(" %  ", StringComparison.Ordinal) && char.IsAsciiDigit(line[0])));
        Assert.Contains(lines, line => line.StartsWith("area above random ", StringComparison.Ordinal));
        Assert.Contains("  groups resampled", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("At 40 % of the target's cost: 0.9200, the target 1.0000. Cheaper than the target up to 94 % deferred.", lines);
        Assert.Contains("The target's quality is reached at 56 % of its cost, with 50 % deferred. Missed: the paper's 40 % of the cost.", lines);
    }

    [Fact]
    public async Task Without_costs_the_table_says_so()
    {
        Assert.Equal(0, await ReplayAsync("--ensemble a,b,c --target t --measure label"));

        Assert.Contains("Costs are not known.\nThe target's quality is reached with ", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_choice_prints_the_means_of_all_signals()
    {
        Assert.Equal(0, await ReplayAsync("--ensemble a,b,c --target t --choose 2"));

        var lines = _output.ToString().TrimEnd('\n').Split('\n');
        Assert.StartsWith("3 ensembles of 2, 4 prompts", lines[0], StringComparison.Ordinal);
        Assert.Equal(["token-f1", "rouge-l", "chars", "cosine", "composite", "calibrated", "length"], lines[1..].Select(line => line.Split(' ')[0]));
        Assert.Single(lines.Select(line => line.Length).Distinct());
    }

    [Theory]
    [InlineData("--ensemble a,b", "Option '--target' is required.")]
    [InlineData("--ensemble a --target t", "Between 2 and 32 members can agree, and the ensemble has 1.")]
    [InlineData("--ensemble a,b,a --target t", "The ensemble names 'a' twice.")]
    [InlineData("--ensemble a,t --target t", "The target 't' is a member of the ensemble.")]
    [InlineData("--ensemble a,d --target t", "There is no model 'd' in the data; there are a, b, c, t.")]
    [InlineData("--ensemble a,b --target u", "There is no model 'u' in the data; there are a, b, c, t.")]
    [InlineData("--ensemble a,b --target t --costs a=1,b=1,c=1,t=3", "There is a cost of 'c', which is neither the target nor in the ensemble.")]
    [InlineData("--ensemble a,b --target t --costs a=1,t=3", "There is no cost of 'b'.")]
    [InlineData("--ensemble a,b --target t --costs a=1,b=-1,t=3", "The cost of 'b' is not a number from 0 up.")]
    [InlineData("--ensemble a,b --target t --costs a=1,b=NaN,t=3", "The cost of 'b' is not a number from 0 up.")]
    [InlineData("--ensemble a,b --target t --costs a=1,b=1,t=0", "Costs are told as shares of the target's, and the cost of 't' is 0.")]
    [InlineData("--ensemble a,b --target t --costs a=1,b", "--costs takes names with numbers, such as A=6, and not 'b'.")]
    [InlineData("--ensemble a,b --target t --costs a=1,a=2,b=1,t=3", "--costs names 'a' twice.")]
    [InlineData("--ensemble a,b --target t --latencies a=1,b=-5,t=3", "The latency of 'b' is not a number from 0 up.")]
    [InlineData("--ensemble a,b --target t --measure best", "There is no measure 'best'; there are token-f1, rouge-l, chars, cosine, number, label, composite.")]
    [InlineData("--ensemble a,b --target t --model nowhere", "There is no model folder")]
    [InlineData("--ensemble a,b --target t --choose 3", "Between 2 and 2 members are chosen of these models, and not 3.")]
    [InlineData("--ensemble a,b --target t --choose x", "--choose takes a number, and not 'x'.")]
    [InlineData("--ensemble a,b --target t --choose 2 --measure number", "--choose tries all measures and prices no single ensemble, and so takes neither --measure nor --latencies.")]
    [InlineData("--ensemble a,b --target t --group q", "The separator of groups")]
    [InlineData("--ensemble a,b --target t --seed -1", "--seed takes a number, and not '-1'.")]
    public async Task Bad_input_is_one_line_on_the_error_output_and_exit_code_2(string flags, string message)
    {
        if (flags.EndsWith("--group q", StringComparison.Ordinal))
        {
            flags = flags.Replace(" q", " ", StringComparison.Ordinal).TrimEnd();
            Assert.Equal(2, await RunAsync(["replay-agreement", "--data", _files.PathOf("answers.jsonl"), .. flags.Split(' '), ""]));
        }
        else
        {
            Assert.Equal(2, await ReplayAsync(flags));
        }

        Assert.Contains(message, _error.ToString(), StringComparison.Ordinal);
        Assert.Single(_error.ToString().TrimEnd('\n').Split('\n'));
        Assert.Empty(_output.ToString());
    }

    [Theory]
    [InlineData("{", "line 5: there is no JSON object")]
    [InlineData("[]", "line 5: there is no JSON object.")]
    [InlineData("""{"prompt":"x","outputs":{}}""", "line 5: \"id\" is no text.")]
    [InlineData("""{"id":"5","prompt":"x"}""", "line 5: there are no \"outputs\".")]
    [InlineData("""{"id":"5","prompt":"x","reference":5,"outputs":{}}""", "line 5: \"reference\" is no text.")]
    [InlineData("""{"id":"p:1","prompt":"x","outputs":{}}""", "line 5: the id 'p:1' is there twice.")]
    [InlineData("""{"id":"5","prompt":"x","outputs":{"a":{"text":"","score":0},"a":{"text":"","score":0}}}""", "line 5: 'a' answers twice.")]
    [InlineData("""{"id":"5","prompt":"x","outputs":{"a":{"text":""}}}""", "line 5: the output of 'a' has no \"text\", or no number as its \"score\".")]
    [InlineData("""{"id":"5","prompt":"x","outputs":{"a":{"text":"","score":"NaN"}}}""", "line 5: the output of 'a' has no \"text\", or no number as its \"score\".")]
    [InlineData("""{"id":"5","prompt":"x","outputs":{"a":{"text":"","score":NaN}}}""", "line 5: there is no JSON object")]
    [InlineData("""{"id":"5","prompt":"x","outputs":{"a":{"text":"","score":1e999}}}""", "line 5: the score of 'a' is not finite.")]
    [InlineData("""{"id":"5","prompt":"x","outputs":{"a":{"text":"","score":1},"b":{"text":"","score":1}}}""", "The prompt '5' has no output of 't' with a score.")]
    [InlineData("""{"id":"5","prompt":"x","outputs":{"a":{"text":"","score":1},"b":{"text":"","score":null},"t":{"text":"","score":1}}}""", "The prompt '5' has no output of 'b' with a score.")]
    public async Task A_row_that_cannot_be_read_is_named(string row, string message)
    {
        var file = _files.Write("broken.jsonl", Answered.ByHand + "\n" + row);

        Assert.Equal(2, await RunAsync("replay-agreement", "--data", file, "--ensemble", "a,b", "--target", "t"));

        Assert.Contains(message, _error.ToString(), StringComparison.Ordinal);
        Assert.Single(_error.ToString().TrimEnd('\n').Split('\n'));
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task Files_that_are_not_there_or_empty_end_the_same_way()
    {
        Assert.Equal(2, await RunAsync("replay-agreement", "--data", _files.PathOf("nowhere.jsonl"), "--ensemble", "a,b", "--target", "t"));
        Assert.Equal(2, await RunAsync("replay-agreement", "--data", _files.Write("empty.jsonl", "\n"), "--ensemble", "a,b", "--target", "t"));
        Assert.Equal(2, await RunAsync("replay-agreement", "--data", _files.Write("one.jsonl", Answered.ByHand.Split('\n')[0]), "--ensemble", "a,b", "--target", "t"));

        var lines = _error.ToString().TrimEnd('\n').Split('\n');
        Assert.Contains("Could not find file", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("there is no prompt.", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("Two prompts are needed at least", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_interruption_is_exit_code_130()
    {
        Assert.Equal(130, await CommandLine.RunAsync(
            ["replay-agreement", "--data", _files.PathOf("answers.jsonl"), "--ensemble", "a,b", "--target", "t"], _output, _error, new ProgressLine(_error, isTerminal: false, new FakeTimeProvider()), new CancellationToken(canceled: true)));

        Assert.Equal("Interrupted.\n", _error.ToString());
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);

    private Task<int> ReplayAsync(string flags) => RunAsync(["replay-agreement", "--data", _files.PathOf("answers.jsonl"), .. flags.Split(' ')]);

    private Task<int> RunAsync(params string[] arguments) =>
        CommandLine.RunAsync(arguments, _output, _error, new ProgressLine(_error, isTerminal: false, new FakeTimeProvider()), default);
}
