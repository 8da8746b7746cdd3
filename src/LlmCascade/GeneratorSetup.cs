using LlmCascade.Calibration;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>What the builders of a tier and of the expert have in common: who answers, how it is asked, what it costs.</summary>
internal sealed class GeneratorSetup
{
    private Func<IServiceProvider, IGenerator>? _generator;

    public ClientSource? Client { get; private set; }

    public bool IsEmpty => Client is null && _generator is null;

    public Func<GenerationRequest, ChatResponse, Confidence>? Confidence { get; set; }

    public TokenConfidence? TokenConfidence { get; set; }

    public Action<ChatOptions>? Configure { get; set; }

    public string? ModelId { get; private set; }

    public Prices? Prices { get; set; }

    public TimeSpan? Timeout { get; set; }

    public bool OwnsConversations { get; set; }

    public void Use(ClientSource client)
    {
        Client = client;
        _generator = null;
    }

    public void Use(Func<IServiceProvider, IGenerator> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        _generator = generator;
        Client = null;
    }

    public void SetOptions(Action<ChatOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        Configure += configure;
    }

    public void SetModel(string modelId)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(modelId);
        ModelId = modelId;
    }

    public void SetTimeout(TimeSpan timeout) => Timeout = Limits.Positive(timeout, nameof(timeout));

    /// <summary>Copies this setup with what configuration says.</summary>
    public GeneratorSetup With(string? client, string? model, TimeSpan? timeout, PriceOptions? prices)
    {
        var copy = (GeneratorSetup)MemberwiseClone();
        if (client is not null)
        {
            copy.Use(ClientSource.Of(client));
        }

        if (model is not null)
        {
            copy.SetModel(model);
        }

        copy.Timeout = timeout ?? Timeout;
        copy.Prices = prices?.ToPrices() ?? Prices;
        return copy;
    }

    /// <summary>Gets whether something is said that only a chat client can follow.</summary>
    public bool IsAboutChatClient => Confidence is not null || TokenConfidence is not null || Configure is not null || ModelId is not null;

    /// <summary>Makes the generator.</summary>
    /// <param name="name">The name of the tier or the expert, for messages.</param>
    /// <param name="services">Where clients come from.</param>
    /// <param name="owned">Gets what the cascade's client has to dispose.</param>
    /// <param name="mistakes">Gets what is wrong with the client.</param>
    public IGenerator Build(string name, IServiceProvider services, List<IDisposable> owned, List<string> mistakes)
    {
        if (Client is not { } source)
        {
            return _generator!(services)
                ?? throw new InvalidOperationException("The factory of a generator returned null.");
        }

        var client = source.Create(services)
            ?? throw new InvalidOperationException("The factory of a chat client returned null.");
        if (source.IsOwned)
        {
            owned.Add(client);
        }

        var suppliesTokens = client.GetService<TokenLogProbabilityReader>() is not null;
        if (TokenConfidence is not null && !suppliesTokens)
        {
            mistakes.Add($"'{name}' measures its confidence from token log-probabilities, and its chat client supplies none. Build the client with .UseOpenAILogProbabilities() of LlmCascade.OpenAI, or with .UseTokenLogProbabilities(…) for another provider; or replace the confidence by .WithConfidence(response => …).");
        }

        // A cascade is worth more as what it is: its attempts, its expert's authority and what the request asks stay visible.
        return client is CascadeChatClient nested && !IsAboutChatClient
            ? nested.Cascade
            : new ChatClientGenerator(client)
            {
                Confidence = Confidence,
                TokenConfidence = suppliesTokens ? TokenConfidence : null,
                Configure = Configure,
                ModelId = ModelId,
            };
    }
}
