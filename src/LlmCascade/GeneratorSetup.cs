using LlmCascade.Agreement;
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

    public bool IsEmpty => Client is null && _generator is null && Ensemble is null;

    /// <summary>Gets the members that answer together; <see langword="null"/> where one generator answers.</summary>
    public EnsembleBuilder? Ensemble { get; private set; }

    /// <summary>Gets or sets how often the generator is asked, with what becomes of the samples; <see langword="null"/> where it is asked once.</summary>
    public (int Samples, AgreementOptions Options)? Sampling { get; set; }

    public Func<GenerationRequest, ChatResponse, Confidence>? Confidence { get; set; }

    public TokenConfidence? TokenConfidence { get; set; }

    public Action<ChatOptions>? Configure { get; set; }

    public string? ModelId { get; private set; }

    public Prices? Prices { get; set; }

    public TimeSpan? Timeout { get; set; }

    public bool OwnsConversations { get; set; }

    /// <summary>Gets or sets what every text passes before the generator sees it; <see langword="null"/> where it sees everything.</summary>
    public Func<string, string>? Redact { get; set; }

    public void Use(ClientSource client)
    {
        Client = client;
        _generator = null;
        Ensemble = null;
    }

    public void Use(Func<IServiceProvider, IGenerator> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        _generator = generator;
        Client = null;
        Ensemble = null;
    }

    public void Use(EnsembleBuilder ensemble)
    {
        Ensemble = ensemble;
        _generator = null;
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
    /// <param name="labels">Reads labels out of the answers of each that is compared; <see langword="null"/> where the cascade has none.</param>
    /// <param name="inSteps">Lets each that is asked write one step; <see langword="null"/> where whole answers are given.</param>
    public IGenerator Build(
        string name, IServiceProvider services, List<IDisposable> owned, List<string> mistakes, LabelPrompt? labels = null, Func<IGenerator, IGenerator>? inSteps = null)
    {
        if (Ensemble is { } ensemble)
        {
            return ensemble.Build(name, services, owned, mistakes, labels, inSteps);
        }

        var one = BuildOne(name, services, owned, mistakes);
        one = Redact is null ? one : new RedactingGenerator(one, Redact);
        var generator = inSteps?.Invoke(one) ?? one;
        return Sampling is not { } sampling ? generator : new SamplingGenerator(
            labels is null ? generator : new LabelingGenerator(generator, labels), sampling.Samples, sampling.Options, Prices, EnsembleBuilder.LoggerOf(services));
    }

    private IGenerator BuildOne(string name, IServiceProvider services, List<IDisposable> owned, List<string> mistakes)
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
            ? nested.Whole
            : new ChatClientGenerator(client)
            {
                Confidence = Confidence,
                TokenConfidence = suppliesTokens ? TokenConfidence : null,
                Configure = Configure,
                ModelId = ModelId,
            };
    }
}
