// Shows how an expert's notes keep the second question of a kind with the cheap model. It runs offline.
using System.Globalization;
using LlmCascade;
using LlmCascade.Strategies;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using StrategyReuse;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
(string Tenant, string Question)[] questions =
[
    ("lamps", "How long may I return a broken lamp?"),
    ("lamps", "Which counter looks for lost parcels?"),
    ("lamps", "A lamp came broken: how long may I return it?"),
    ("lamps", "My parcel is lost, which counter looks for it?"),
    ("lamps", "When is my invoice due?"),
    ("other", "How long may I return a broken lamp?"),
    ("lamps", "When is the invoice of my order due?"),
    ("lamps", "How long may I return a broken lamp?"),
];
var journal = Path.Combine(Directory.CreateTempSubdirectory("strategy-reuse-").FullName, "strategies");
await using var repository = new InMemoryStrategyRepository(new StrategyRepositoryOptions { Path = journal });
var services = new ServiceCollection();
services.AddChatClient(Models.Expert());
List<Episode> episodes = [];
services.AddLlmCascade(cascade => cascade
    .UseStrategies(repository)
    .AddTier("local", tier => tier
        .UseChatClient(Models.Local())
        .WithConfidence(response => Confidence.SelfReported(response.Text == Models.Unsure ? 0.2 : 0.9))
        .DeferBelow(0.6)
        .Costs(inputPerMillion: 0.1m, outputPerMillion: 0.4m)
        .WithStrategies(strategies => strategies.MinimumSimilarity = 0.35))
    .LearnStrategies()
    .ExpertCosts(inputPerMillion: 2.5m, outputPerMillion: 10m)
    .OnEpisode(episodes.Add));
await using var provider = services.BuildServiceProvider();
var client = provider.GetRequiredService<IChatClient>();
var learning = provider.GetRequiredService<CascadeLearning>();

Console.WriteLine("Both models are scripted; notes are really asked for, stored and found.");
foreach (var (tenant, question) in questions)
{
    var before = learning.Strategies.Distilled;
    var response = await client.GetResponseAsync(question, new ChatOptions().WithCascade(request => request.Scope(tenant)));

    // Notes are written beside the requests; the sample waits so that it prints the same every time.
    await learning.SettleAsync();
    var local = episodes[^1].Root.Children[0];
    Console.WriteLine($"\n{tenant}: {question}");
    Console.WriteLine($"  {episodes[^1].Answerer!.Name} answers: {response.Text}");
    foreach (var (strategy, similarity) in local.Generation?.Strategies?.Matches ?? [])
    {
        Console.WriteLine($"  a note on '{strategy.Query}' was shown ({similarity:0.00}): {strategy.Text}");
    }

    if (local.Verdict.IsDeferral)
    {
        Console.WriteLine($"  because local was unsure ({local.Verdict.Confidence.Value:0.0}); {(learning.Strategies.Distilled > before ? "the expert has left a note" : "no note was left")}");
    }
}

Console.WriteLine($"\n{episodes.Count} questions, {episodes.Count(episode => episode.Answerer!.Name == "expert")} answered by the expert, who was asked for {learning.Strategies.Distilled} notes besides.");
Console.WriteLine("What is stored:");
foreach (var strategy in await repository.ListAsync(StrategyFilter.InAllScopes))
{
    Console.WriteLine($"  {strategy.Scope}: {strategy.Text} (shown {strategy.Counters.Shown} times)");
}
