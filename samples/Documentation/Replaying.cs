using LlmCascade.Evaluation;

namespace Documentation;

/// <summary>The code of docs/replay.md.</summary>
public sealed class Replaying
{
    public static async Task ReplayAsync(CancellationToken cancellationToken)
    {
        // snippet: replay
        var stream = RecordedStream.Load("tickets.tsv.gz", text: "text", gold: "gold", expert: "gpt");
        var options = new ReplayOptions(ReplayBudget.Share(0.3m)) { Seeds = 5 };
        var report = await Replay.RunAsync(stream, options, cancellationToken: cancellationToken);
        Console.WriteLine($"{report.Accuracy:P1} with {report.ExpertCalls} calls, {report.ExpertAccuracy:P1} with {report.Items}");
        await File.WriteAllTextAsync("report.json", report.ToJson(), cancellationToken);
        // end-snippet
    }

    public static async Task ReplayAgreementAsync(CancellationToken cancellationToken)
    {
        // snippet: replay-agreement
        var answers = RecordedAnswers.Load("answers.jsonl.gz");
        var options = new AgreementReplayOptions(["small", "medium"], "large")
        {
            Costs = new Dictionary<string, double> { ["small"] = 1, ["medium"] = 4, ["large"] = 100 },
        };
        var report = await AgreementReplay.RunAsync(answers, options, cancellationToken);
        Console.WriteLine($"{report.QualityAtCost40} at 40 % of the cost, {report.Baselines.AlwaysTarget.Quality.Value} at all of it");
        // end-snippet
    }
}
