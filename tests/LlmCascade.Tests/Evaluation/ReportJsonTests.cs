using System.Text.Json;
using LlmCascade.Evaluation;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class ReportJsonTests
{
    private static readonly string[] _names =
    [
        "method", "mode", "items", "budget", "expertCalls", "accuracy", "interval", "perLabel", "expertAccuracy", "tiers", "shareWeightedMean",
        "baselines", "cost", "seconds", "seed",
    ];

    private static readonly ReplayOptions _options = new(ReplayBudget.Calls(50)) { Method = ReplayMethod.Random };

    [Fact]
    public async Task A_report_of_one_run_has_the_documented_names_and_no_others()
    {
        var json = await ReplayAsync(_options);

        Assert.Equal(_names.Order(), Names(json).Order());
        Assert.Equal(["low", "high"], Names(json.GetProperty("interval")));
        Assert.Equal(["no", "yes"], Names(json.GetProperty("perLabel")));
        Assert.Equal(["precision", "recall", "f1"], Names(json.GetProperty("perLabel").GetProperty("yes")));
        Assert.Equal(["name", "answered", "accuracy", "agreementWithExpert", "accuracyOnAll"], Names(json.GetProperty("tiers")[0]));
        Assert.Equal(["alwaysExpert", "alwaysStudent", "randomAtEqualCalls", "oracle"], Names(json.GetProperty("baselines")));
        Assert.Equal(["perCall", "expert", "inference", "training", "total", "alwaysExpert", "breakEven"], Names(json.GetProperty("cost")));
        Assert.Equal(50, json.GetProperty("expertCalls").GetInt32());
    }

    [Fact]
    public async Task Several_runs_add_mean_deviation_and_the_runs()
    {
        var json = await ReplayAsync(_options with { Seeds = 2, Shuffles = 1 });

        Assert.Equal(_names.Concat(["mean", "standardDeviation", "runs"]).Order(), Names(json).Order());
        Assert.All(json.GetProperty("runs").EnumerateArray(), run => Assert.Equal(_names.Append("shuffle").Order(), Names(run).Order()));
    }

    [Fact]
    public async Task The_documentation_names_every_property()
    {
        var documentation = await File.ReadAllTextAsync(Path.Combine(RepositoryRoot.Path, "docs", "replay.md"));
        var json = await ReplayAsync(_options with { Seeds = 2 });

        Assert.All(
            Names(json).Concat(["regret", "shuffle"]).Concat(Names(json.GetProperty("cost"))).Concat(Names(json.GetProperty("baselines"))).Concat(Names(json.GetProperty("tiers")[0])),
            name => Assert.Contains($"`{name}`", documentation, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Regret_is_written_where_a_method_measures_it()
    {
        var method = new ScriptedMethod((items, _, _) => new(
            [.. items.Select(_ => new ItemOutcome("no", "tier", false, ["no"]))], ["tier"], 0, 0, 0)
        {
            Regret = [new(100, 0.5)],
        });

        var report = await Replay.RunAsync(Streams.Random(200), _options, method);

        Assert.Contains("\"regret\":[{\"items\":100,\"averageRegret\":0.5}]", report.ToJson(), StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ReplayAsync(ReplayOptions options)
    {
        var text = (await Replay.RunAsync(Streams.Random(200), options)).ToJson();
        Assert.DoesNotContain('\n', text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);
}
