using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.EndToEnd;

[Trait("Category", "EndToEnd")]
public sealed class AgreementTests(LanguageModelServer server) : IClassFixture<LanguageModelServer>
{
    [Fact]
    public async Task Samples_of_a_real_model_differ_and_the_medoid_is_one_of_them()
    {
        var episode = await AskAsync(1.2f, tier => tier.UseChatClient(server.Client("weak")).WithSampling(4).DeferBelow(0.999));

        var agreement = episode.Root.Children[0].Generation!.Agreement!;
        Assert.InRange(agreement.Count, 2, 4);
        Assert.True(agreement.Candidates.Where(candidate => candidate.TakesPart).Select(candidate => candidate.Answer!.Response.Text).Distinct().Count() > 1);
        Assert.InRange(agreement.Score!.Value, 0.01, 0.99);
        Assert.All(episode.Root.Children[0].Children, child => Assert.True(child.Usage!.OutputTokenCount > 0));
    }

    [Fact]
    public async Task Two_greedy_members_with_the_same_weights_agree_fully()
    {
        var episode = await AskAsync(0, tier => tier
            .UseEnsemble(ensemble => ensemble.Add("weak", server.Client("weak")).Add("strong", member => member.UseChatClient(server.Client("strong"))))
            .DeferBelow(0.99));

        Assert.Equal(1, episode.Root.Children[0].Generation!.Agreement!.Score!.Value, 6);
        Assert.Equal("ensemble", episode.Answerer!.Name);
    }

    private static async Task<Episode> AskAsync(float temperature, Action<TierBuilder> configure)
    {
        Episode? published = null;
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient("expert"));
        services.AddLlmCascade(cascade => cascade.AddTier("ensemble", configure).OnEpisode(episode => published = episode));
        await using var provider = services.BuildServiceProvider();
        var options = new ChatOptions { MaxOutputTokens = 60, Temperature = temperature };
        await provider.GetRequiredService<IChatClient>().GetResponseAsync("What is the opposite of hot? Answer with one word.", options, TestContext.Current.CancellationToken);
        return published!;
    }
}
