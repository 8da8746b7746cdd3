using System.ClientModel;
using System.Globalization;
using Anthropic;
using LlmCascade;
using LlmCascade.Calibration;
using LlmCascade.Chat;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;

namespace Documentation;

/// <summary>The code of docs/confidence.md.</summary>
internal static class Confidences
{
    public static void Measures(TierBuilder tier)
    {
        // snippet: measures
        tier.WithTokenConfidence().DeferBelow(0.8);                                // exp of the mean log-probability
        tier.WithTokenConfidence(TokenConfidence.Minimum).DeferBelow(0.3);         // the least probable token
        tier.WithTokenConfidence(TokenConfidence.Quantile(0.1)).DeferBelow(0.5);   // a low quantile, between the two
        // end-snippet
    }

    public static void OwnConfidence(TierBuilder tier)
    {
        // snippet: own-confidence
        tier.WithConfidence(response => double.TryParse(response.Text.Split("confidence:")[^1], CultureInfo.InvariantCulture, out var stated) && stated is >= 0 and <= 1
            ? Confidence.SelfReported(stated)
            : Confidence.None);
        // end-snippet
    }

    public static IChatClient OtherProvider(IChatClient client)
    {
        // snippet: other-provider
        return client.AsBuilder()
            .UseTokenLogProbabilities(
                read: raw => raw is MyResponse response ? response.Tokens.Select(token => new TokenLogProbability(token.Text, token.LogProb)) : null,
                ask: options => (options.AdditionalProperties ??= [])["logprobs"] = true)
            .Build();
        // end-snippet
    }

    public static IChatClient Ollama()
    {
        // snippet: ollama
        var ollama = new OpenAIClient(
            new ApiKeyCredential("none"),
            new OpenAIClientOptions { Endpoint = new Uri("http://localhost:11434/v1") });
        return ollama.GetChatClient("llama3.2").AsIChatClient()
            .AsBuilder().UseOpenAILogProbabilities().Build();
        // end-snippet
    }

    public static void Anthropic(IServiceCollection services, AnthropicClient anthropic)
    {
        // snippet: anthropic
        var spam = new LabelSpace("spam", "ham");
        services.AddChatClient(anthropic.AsIChatClient("claude-opus-4-1"));
        services.AddLlmCascade(cascade => cascade
            .AddTier("haiku", tier => tier
                .UseGenerator(new SampledLabels(anthropic.AsIChatClient("claude-haiku-4-5"), spam, samples: 5))
                .DeferBelow(0.8)));
        // end-snippet
    }

    // snippet: sampled-labels
    /// <summary>Asks one model several times, and takes the share of the most frequent label as its confidence.</summary>
    internal sealed class SampledLabels(IChatClient client, LabelSpace labels, int samples, Prices? prices = null) : IGenerator
    {
        private readonly ChatClientGenerator _model = new(client)
        {
            Configure = options =>
            {
                options.Temperature = 1;
                options.MaxOutputTokens = 10;
                options.Instructions += $" Answer with one of these words and nothing else: {labels}";
            },
        };

        public async ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
        {
            var votes = await Task.WhenAll(Enumerable.Range(1, samples).Select(_ => VoteAsync(request, context, cancellationToken)));
            double[] counts = [.. labels.Labels.Select(label => votes.Count(vote => vote.Equals(label, StringComparison.OrdinalIgnoreCase)))];
            if (counts.Sum() == 0)
            {
                return new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, votes[0])));   // no confidence, so it is deferred
            }

            var distribution = new LabelDistribution(labels, [.. counts.Select(count => count / counts.Sum())]);
            return new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, distribution.Best)))
            {
                Labels = labels.Equals(request.Labels) ? distribution : null,
                Confidence = Confidence.Measured(counts.Max() / samples, samples),   // a sample that is no label speaks for none
            };
        }

        private async Task<string> VoteAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            using var sample = context.Begin("sample", AttemptRole.Member, prices);   // counted on its own in the trace
            var answer = await _model.GenerateAsync(request, sample, cancellationToken);
            sample.Answered(answer);
            return new string([.. answer.Response.Text.Where(char.IsLetterOrDigit)]);
        }
    }
    // end-snippet

    private sealed record MyResponse(IReadOnlyList<(string Text, double LogProb)> Tokens);
}
