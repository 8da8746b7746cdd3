// Shows three small models deciding together whether the expert is needed. It runs offline.
using System.Globalization;
using LlmCascade;
using LlmCascade.Agreement;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using SemanticAgreement;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
List<Episode> episodes = [];
var services = new ServiceCollection();
services.AddChatClient(Models.Expert());
services.AddLlmCascade(cascade => cascade
    .AddTier("trio", tier => tier
        .UseEnsemble(ensemble => ensemble
            .Add("ant", member => member.UseChatClient(Models.Client(0)).Costs(inputPerMillion: 0.1m, outputPerMillion: 0.2m))
            .Add("bee", member => member.UseChatClient(Models.Client(1)).Costs(inputPerMillion: 0.1m, outputPerMillion: 0.2m))
            .Add("cat", member => member.UseChatClient(Models.Client(2)).Costs(inputPerMillion: 0.1m, outputPerMillion: 0.2m))
            .Agree(agreement => agreement.Aggregation = AgreementAggregation.MeanPairwise))
        .DeferBelow(0.5))
    .ExpertCosts(inputPerMillion: 2.5m, outputPerMillion: 10m)
    .OnEpisode(episodes.Add));
await using var provider = services.BuildServiceProvider();
var client = provider.GetRequiredService<IChatClient>();

Console.WriteLine("Three scripted models answer; the library really compares them. A dot is no agreement, a full bar is the same answer.");
foreach (var question in Models.Questions)
{
    await client.GetResponseAsync(question);
    Picture.Draw(Console.Out, episodes[^1]);
}

var cost = episodes.Sum(episode => episode.Root.Total().Cost);
var expertAlone = episodes.Count * ((20 * 2.5m) + (20 * 10m)) / 1_000_000;
Console.WriteLine($"\n{episodes.Count(episode => episode.Answerer!.Name == "trio")} of {episodes.Count} answers were kept, at {cost / expertAlone:0 %} of what the expert alone would cost.");
