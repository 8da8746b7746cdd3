using System.ClientModel;
using System.ClientModel.Primitives;
using LlmCascade.Calibration;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;
using OpenAI.Chat;
using Xunit;

namespace LlmCascade.Tests.Providers;

/// <summary>The real OpenAI client against a real server on this machine.</summary>
public sealed class OpenAILogProbabilityTests(ChatCompletionsServer server) : IClassFixture<ChatCompletionsServer>, IDisposable
{
    private static readonly WireToken[] _paris =
    [
        new("Par", -0.05, ("Par", -0.05), ("Ly", -3.1), ("Rome", -4.2)),
        new("is", -0.2, ("is", -0.2), ("ish", -1.8)),
        new(" probably", -1.2, (".", -0.4), (" probably", -1.2)),
        new(".", -0.01),
    ];

    public void Dispose()
    {
        server.StandStillAfter = null;
        server.Requests.Clear();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_confidence_comes_from_the_log_probabilities_on_the_wire(bool isStreaming)
    {
        server.Tokens = _paris;

        var episode = await AskAsync(tier => tier.WithTokenConfidence().DeferBelow(0.6), isStreaming);

        var attempt = Assert.Single(episode.Root.Children);
        Assert.Equal("confident", attempt.Verdict.Reason);
        Assert.Equal(0.69420, attempt.Verdict.Confidence.Value, 5);
        Assert.Equal(ConfidenceSource.Measured, attempt.Verdict.Confidence.Source);
        Assert.Equal(4, attempt.Verdict.Confidence.SampleCount);
        Assert.Equal("Paris probably.", episode.Answer?.Response.Text);
        Assert.Equal(["Par", "is", " probably", "."], attempt.Generation!.Tokens!.Select(token => token.Token));
        Assert.Equal(4, attempt.Usage?.OutputTokenCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Minimum_and_quantiles_decide_as_they_say(bool isStreaming)
    {
        server.Tokens = _paris;

        var minimum = await AskAsync(tier => tier.WithTokenConfidence(TokenConfidence.Minimum).DeferBelow(0.302), isStreaming);
        var quantile = await AskAsync(tier => tier.WithTokenConfidence(TokenConfidence.Quantile(0.5)).DeferBelow(0.88), isStreaming);

        Assert.Equal(isStreaming ? "threshold-unreachable" : "below-threshold", minimum.Root.Children[0].Verdict.Reason);
        Assert.Equal("confident", quantile.Root.Children[0].Verdict.Reason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_alternatives_that_were_asked_for_stand_beside_each_token(bool isStreaming)
    {
        server.Tokens = _paris;

        var episode = await AskAsync(tier => tier.WithTokenConfidence().DeferBelow(0.6), isStreaming, topAlternatives: 2);

        var tokens = episode.Root.Children[0].Generation!.Tokens!;
        Assert.Equal(["Par", "Ly"], tokens[0].Alternatives.Select(each => each.Token));
        Assert.Equal(-3.1, tokens[0].Alternatives[1].LogProbability, 5);
        Assert.Empty(tokens[3].Alternatives);
        var request = Assert.Single(server.Requests);
        Assert.True(request.GetProperty("logprobs").GetBoolean());
        Assert.Equal(2, request.GetProperty("top_logprobs").GetInt32());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Log_probabilities_are_added_to_what_the_callers_own_factory_makes(bool isStreaming)
    {
        server.Tokens = _paris;
        var options = new ChatOptions
        {
            RawRepresentationFactory = _ => new ChatCompletionOptions { EndUserId = "somebody", TopLogProbabilityCount = 1 },
            MaxOutputTokens = 9,
        };

        var episode = await AskAsync(tier => tier.WithTokenConfidence().DeferBelow(0.6), isStreaming, topAlternatives: 5, options);

        var request = Assert.Single(server.Requests);
        Assert.Equal("somebody", request.GetProperty("user").GetString());
        Assert.Equal(1, request.GetProperty("top_logprobs").GetInt32());
        Assert.Equal(9, request.GetProperty("max_completion_tokens").GetInt32());
        Assert.Equal("confident", episode.Root.Children[0].Verdict.Reason);
        Assert.Null(episode.Root.Children[0].OutputTokenLimit);
    }

    [Fact]
    public async Task A_factory_for_another_provider_is_called_and_its_options_left_aside()
    {
        server.Tokens = _paris;
        var calls = 0;
        var options = new ChatOptions { RawRepresentationFactory = _ => ++calls };

        var episode = await AskAsync(tier => tier.WithTokenConfidence().DeferBelow(0.6), isStreaming: false, options: options);

        Assert.Equal("confident", episode.Root.Children[0].Verdict.Reason);
        Assert.Equal(1, calls);
    }

    [Fact]
    public async Task Streaming_an_answer_that_can_only_be_deferred_ends_the_call_at_the_server()
    {
        server.Tokens = _paris;
        server.StandStillAfter = 3;

        var episode = await AskAsync(
            tier => tier.WithTokenConfidence().DeferBelow(0.9), isStreaming: true, options: new() { MaxOutputTokens = 10 });
        await server.ClientLeft;

        var attempt = episode.Root.Children[0];
        Assert.Equal("threshold-unreachable", attempt.Verdict.Reason);
        Assert.Equal("expert", episode.Answerer?.Name);
        Assert.Equal(3, attempt.Generation!.Tokens!.Count);
        Assert.Equal(3, attempt.Usage?.OutputTokenCount);
        Assert.Equal(UsageState.Partial, attempt.UsageState);
        Assert.Equal(10, attempt.OutputTokenLimit);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(21)]
    public void A_number_of_alternatives_that_the_provider_refuses_is_refused(int topAlternatives) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Client().AsBuilder().UseOpenAILogProbabilities(topAlternatives));

    [Fact]
    public void A_pipeline_without_an_OpenAI_chat_client_is_refused()
    {
        var builder = new ScriptedChatClient("Paris").AsBuilder().UseOpenAILogProbabilities();

        var exception = Assert.Throws<InvalidOperationException>(() => builder.Build());

        Assert.Contains("OpenAI.Chat.ChatClient", exception.Message, StringComparison.Ordinal);
    }

    private async Task<Episode> AskAsync(
        Action<TierBuilder> configure, bool isStreaming, int topAlternatives = 0, ChatOptions? options = null)
    {
        Episode? published = null;
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient("Paris"));
        services.AddLlmCascade(cascade => cascade
            .AddTier("small", tier => configure(tier.UseChatClient(Client().AsBuilder().UseOpenAILogProbabilities(topAlternatives).Build())))
            .OnEpisode(episode => published = episode));
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();
        if (isStreaming)
        {
            await client.GetStreamingResponseAsync("What is the capital of France?", options).ToChatResponseAsync();
        }
        else
        {
            await client.GetResponseAsync("What is the capital of France?", options);
        }

        return published!;
    }

    private IChatClient Client() => new OpenAIClient(
        new ApiKeyCredential("none"),
        new OpenAIClientOptions { Endpoint = server.Endpoint, RetryPolicy = new ClientRetryPolicy(maxRetries: 0) })
        .GetChatClient("tiny").AsIChatClient();
}
