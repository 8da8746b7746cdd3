using System.ClientModel;
using System.ClientModel.Primitives;
using LlmCascade;
using LlmCascade.Chat;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Chat;

namespace StepDetectors;

/// <summary>A real model behind OpenAI's chat completions, whose replies are kept.</summary>
internal sealed class ModelServer : IDisposable
{
    // More than these would only wait for each other.
    public const int AtATime = 2;

    private const int Alternatives = 20;

    private readonly ReplyCache _cache;
    private readonly HttpClient _http;

    public ModelServer(Uri endpoint, string model, string replies)
    {
        Directory.CreateDirectory(replies);
        _cache = new ReplyCache(replies);
        _http = new HttpClient(_cache) { Timeout = TimeSpan.FromMinutes(5) };
        var options = new OpenAIClientOptions
        {
            Endpoint = endpoint,
            Transport = new HttpClientPipelineTransport(_http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            NetworkTimeout = TimeSpan.FromMinutes(5),
        };
        var chat = new ChatClient(model, new ApiKeyCredential("none"), options);
        Checker = new ChatClientGenerator(chat.AsIChatClient().AsBuilder().UseOpenAILogProbabilities(Alternatives).Build());
        Writer = new ChatClientGenerator(chat.AsIChatClient().AsBuilder().UseOpenAILogProbabilities().Build());
    }

    /// <summary>Gets the model with the most probable other tokens, for checks.</summary>
    public IGenerator Checker { get; }

    /// <summary>Gets the model with the probabilities of its own tokens, for writing.</summary>
    public IGenerator Writer { get; }

    /// <summary>Gets how many requests went to the server, and were not remembered.</summary>
    public int Asked => _cache.Asked;

    public void Dispose()
    {
        _http.Dispose();
        _cache.Dispose();
    }
}
