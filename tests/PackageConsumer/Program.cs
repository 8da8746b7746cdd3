using System.Runtime.CompilerServices;
using LlmCascade;
using LlmCascade.Evaluation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using PackageConsumer;

// Looks at every package, then uses them. The first difference ends the program.
var (feed, version, repository, assets) = (args[0], args[1], args[2], args[3]);
var packages = PackageFile.ReadAll(feed);
foreach (var expected in new[] { "LlmCascade", "LlmCascade.Abstractions", "LlmCascade.Evaluation", "LlmCascade.OnnxRuntime", "LlmCascade.OpenAI", "LlmCascade.Testing", "LlmCascade.TorchSharp" })
{
    Require(packages.Any(package => package.Id == expected), $"{expected} was not packed");
}

var graph = DependencyGraph.Read(assets);
foreach (var package in packages)
{
    List<string> mistakes = [.. package.FindMistakes(version, repository), .. graph.FindMissing(package)];
    Require(mistakes.Count == 0, $"{package.Id}: {string.Join("; ", mistakes)}");
    Console.WriteLine($"{package.Id} {package.Version}: whole");
}

var output = new StringWriter();
var console = Console.Out;
Console.SetOut(output);
var sure = new ScriptedChatClient(new ScriptedReply("Paris").WithLogProbabilities(-0.1).WithUsage(20, 3));
await Readme.QuickstartAsync(new ServiceCollection(), sure, Scripted("expert's", 20, 3));
Console.SetOut(console);
Console.Write($"README: {output}");
Require(output.ToString().StartsWith("Paris (answered by small, confidence 0.90, cost ", StringComparison.Ordinal), "the README's code says something else");

var services = new ServiceCollection();
services.AddChatClient(Scripted("expert's", 200, 30));
services.AddLlmCascade(cascade => cascade
    .AddTier("small", tier => tier.UseGenerator(new ScriptedGenerator(request => new ScriptedReply("small", " one's")
    {
        Confidence = Confidence.SelfReported(request.Query == "easy" ? 0.9 : 0.2),
    })).DeferBelow(0.5))
    .ExpertCosts(perCall: 1));
await using var provider = services.BuildServiceProvider();
var client = provider.GetRequiredService<IChatClient>();
IsAnswered(await client.GetResponseAsync("easy"), "small one's", "small");
IsAnswered(await client.GetResponseAsync("hard"), "expert's", "expert");
IsAnswered(await client.GetStreamingResponseAsync("easy").ToChatResponseAsync(), "small one's", "small");
IsAnswered(await client.GetStreamingResponseAsync("hard").ToChatResponseAsync(), "expert's", "expert");
IsAnswered(await client.GetResponseAsync("easy", new ChatOptions().WithCascade(request => request.ForceExpert())), "expert's", "expert");
Console.WriteLine("LlmCascade and LlmCascade.Testing: work");

var stream = new RecordedStream([new("a", "yes", "yes"), new("b", "no", "no"), new("c", "yes", null)]);
var report = await Replay.RunAsync(stream, new(ReplayBudget.Calls(3)) { Method = ReplayMethod.Random });
Require((report.ExpertCalls, report.Accuracy) == (3, 2.0 / 3), $"the replay says {report.ToJson()}");
Console.WriteLine("LlmCascade.Evaluation: works");

static ScriptedChatClient Scripted(string text, long inputTokens, long outputTokens) =>
    new(new ScriptedReply(text).WithUsage(inputTokens, outputTokens));

static void IsAnswered(ChatResponse response, string text, string answerer, [CallerArgumentExpression(nameof(response))] string call = "") =>
    Require((response.Text, response.GetCascadeTrace()?.AnsweredBy) == (text, answerer), $"{call} says '{response.Text}'");

static void Require(bool condition, string otherwise)
{
    if (!condition)
    {
        Console.Error.WriteLine(otherwise);
        Environment.Exit(1);
    }
}
