using System.Net.Http.Json;
using System.Text.Json;
using LlmCascade.Calibration;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.EndToEnd;

[Trait("Category", "EndToEnd")]
public sealed class TokenConfidenceTests(LanguageModelServer server) : IClassFixture<LanguageModelServer>
{
    private const string Question = "What is the opposite of hot? Answer with one word.";

    private static readonly ChatOptions _greedy = new() { Temperature = 0, MaxOutputTokens = 30 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_confidence_is_the_one_that_the_servers_own_numbers_give(bool isStreaming)
    {
        var expected = await LogProbabilitiesOnTheWireAsync();

        var episode = await AskAsync(tier => tier.WithTokenConfidence().DeferBelow(0.01), _greedy, isStreaming);

        var confidence = episode.Root.Children[0].Verdict.Confidence;
        Assert.Equal(Math.Exp(expected.Average()), confidence.Value, 6);
        Assert.Equal(expected.Length, confidence.SampleCount);
        Assert.Equal(expected.Length, episode.Root.Children[0].Usage?.OutputTokenCount);
    }

    [Fact]
    public async Task Streamed_and_buffered_answers_have_the_same_confidence()
    {
        foreach (var measure in new[] { TokenConfidence.Mean, TokenConfidence.Minimum, TokenConfidence.Quantile(0.1) })
        {
            var buffered = await AskAsync(tier => tier.WithTokenConfidence(measure).DeferBelow(1e-9), _greedy, isStreaming: false);
            var streamed = await AskAsync(tier => tier.WithTokenConfidence(measure).DeferBelow(1e-9), _greedy, isStreaming: true);

            Assert.Equal(buffered.Root.Children[0].Verdict.Confidence, streamed.Root.Children[0].Verdict.Confidence);
        }
    }

    [Fact]
    public async Task An_answer_that_can_only_be_deferred_is_cut_and_the_server_is_free_at_once()
    {
        var options = new ChatOptions { Temperature = 0, MaxOutputTokens = 400 };

        var episode = await AskAsync(
            tier => tier.WithTokenConfidence(TokenConfidence.Minimum).DeferBelow(0.9), options, isStreaming: true, "Tell me a very long story.");

        var attempt = episode.Root.Children[0];
        Assert.Equal("threshold-unreachable", attempt.Verdict.Reason);
        Assert.Equal(UsageState.Partial, attempt.UsageState);
        Assert.InRange(attempt.Usage!.OutputTokenCount!.Value, 1, 399);
        Assert.Equal(400, attempt.OutputTokenLimit);
        await server.WaitUntilIdleAsync();
    }

    [Fact]
    public async Task The_chosen_token_of_a_greedy_answer_is_the_first_alternative()
    {
        var client = server.Client("weak").AsBuilder().UseOpenAILogProbabilities(topAlternatives: 3).Build();

        var episode = await AskAsync(tier => tier.UseChatClient(client).WithTokenConfidence().DeferBelow(1e-9), _greedy, isStreaming: true);

        Assert.All(episode.Root.Children[0].Generation!.Tokens!, token =>
        {
            Assert.Equal(3, token.Alternatives.Count);
            Assert.Equal(token.Token, token.Alternatives[0].Token);
            Assert.Equal(token.LogProbability, token.Alternatives[0].LogProbability);
        });
    }

    private async Task<double[]> LogProbabilitiesOnTheWireAsync()
    {
        using var http = new HttpClient();
        using var response = await http.PostAsJsonAsync(new Uri(server.Endpoint + "/chat/completions"), new
        {
            model = "weak",
            messages = new[] { new { role = "user", content = Question } },
            temperature = 0,
            max_tokens = 30,
            logprobs = true,
        });
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var tokens = document.RootElement.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("content");
        return [.. tokens.EnumerateArray().Select(token => token.GetProperty("logprob").GetDouble())];
    }

    private async Task<Episode> AskAsync(
        Action<TierBuilder> configure, ChatOptions options, bool isStreaming, string question = Question)
    {
        Episode? published = null;
        var small = server.Client("weak").AsBuilder().UseOpenAILogProbabilities().Build();
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient("Cold"));
        services.AddLlmCascade(cascade => cascade
            .AddTier("small", tier => configure(tier.UseChatClient(small)))
            .OnEpisode(episode => published = episode));
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();
        if (isStreaming)
        {
            await client.GetStreamingResponseAsync(question, options).ToChatResponseAsync();
        }
        else
        {
            await client.GetResponseAsync(question, options);
        }

        return published!;
    }
}
