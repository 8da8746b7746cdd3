// Asks a real small model the questions of a support desk, with and without strategies. Needs a server with OpenAI's chat completions that tells
// log-probabilities, and the folder of a sentence encoder:
//     dotnet run -c Release --project benchmarks/SupportDesk -- http://127.0.0.1:8080/v1 MODEL ENCODER REPLIES
// Replies are kept in the last folder, so that a second run takes seconds. With "agreement" before the address, it asks whether the agreement of
// sampled answers tells better than log-probabilities which answers are right.
using System.ClientModel;
using System.ClientModel.Primitives;
using LlmCascade;
using LlmCascade.Strategies;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;
using SupportDesk;

var isAboutAgreement = args is ["agreement", ..];
if (args[(isAboutAgreement ? 1 : 0)..] is not [var url, var modelId, var encoder, var replies, .. var rest])
{
    Console.Error.WriteLine("Say: [agreement] URL MODEL ENCODER REPLIES [tuning]");
    return 1;
}

// As many orders of the questions, each with values of its own.
const int Orders = 3;
const double MostWrong = 0.05;
double[] thresholds = [.. Enumerable.Range(15, 30).Select(fiftieth => fiftieth / 50.0)];
Directory.CreateDirectory(replies);
using var http = new HttpClient(new ReplyCache(replies)) { Timeout = TimeSpan.FromMinutes(5) };
var options = new OpenAIClientOptions { Endpoint = new Uri(url), Transport = new HttpClientPipelineTransport(http) };
using var model = new ChatClient(modelId, new ApiKeyCredential("none"), options).AsIChatClient().AsBuilder().UseOpenAILogProbabilities().Build();
using var embeddings = new OnnxEmbeddingGenerator(encoder);
if (isAboutAgreement)
{
    await AgreementRun.PrintAsync(Desk.Ask(forTuning: rest is ["tuning"], seed: 1), model, embeddings);
    return 0;
}

Question[][] tuning = [.. Enumerable.Range(1, Orders).Select(seed => Desk.Ask(forTuning: true, seed))];
Question[][] reporting = rest is ["tuning"] ? tuning : [.. Enumerable.Range(1, Orders).Select(seed => Desk.Ask(forTuning: false, seed))];

Console.WriteLine($"{reporting[0].Length} questions of {reporting[0].Select(question => question.Kind).Distinct().Count()} kinds in {Orders} orders; shares in percent with 95 % intervals over kinds. The expert is a table.");
(string Name, Arm Arm)[] arms =
[
    ("retrieved", new Arm(StrategyMode.Retrieved, Threshold: 2)),
    ("none", new Arm(StrategyMode.None, Threshold: 2)),
    ("random", new Arm(StrategyMode.Random, Threshold: 2)),
    ("retrieved, quarantine", new Arm(StrategyMode.Retrieved, Threshold: 2, Quarantine: true)),
];
Report.PrintDrafts(await Task.WhenAll(arms.Select(async arm => (arm.Name, (await Ask(reporting, arm.Arm)).Asked))));
(string, Arm)[] cascades =
[
    ("Cascade without strategies", new Arm(StrategyMode.None, 1)),
    ("Cascade with strategies", new Arm(StrategyMode.Retrieved, 1)),
    ("Cascade with strategies that prove themselves first, and no answer without one", new Arm(StrategyMode.Retrieved, 1, Quarantine: true)),
];
foreach (var (name, arm) in cascades)
{
    var threshold = await LowestAsync(async each => (await Ask(tuning, arm with { Threshold = each })).Asked);
    Report.PrintAnswers(name, threshold, await Ask(reporting, arm with { Threshold = threshold }));
}

var lowest = await LowestAsync(async each => (await AskCacheAsync(tuning, each)).Asked);
foreach (var threshold in (double[])[lowest, 0.8])
{
    Report.PrintAnswers("Semantic cache", threshold, await AskCacheAsync(reporting, threshold));
}

return 0;

async Task<Run> Ask(Question[][] orders, Arm arm) => Run.Of(await Task.WhenAll(orders.Select(questions => arm.AskAsync(questions, model, embeddings))));

async Task<Run> AskCacheAsync(Question[][] orders, double threshold) => Run.Of(await Task.WhenAll(orders.Select(
    async questions => SemanticCache.Ask(questions, await SemanticCache.EmbedAsync(questions, embeddings), threshold))));

// The threshold is found on the other half of the kinds.
async Task<double> LowestAsync(Func<double, Task<Asked[]>> ask)
{
    foreach (var threshold in thresholds)
    {
        var kept = (await ask(threshold)).Where(each => each.IsKept).ToArray();
        if (kept.Count(each => !each.IsDraftRight) <= MostWrong * kept.Length)
        {
            return threshold;
        }
    }

    return 1;
}
