using System.Diagnostics.CodeAnalysis;
using LlmCascade.Agreement;
using LlmCascade.Calibration;
using LlmCascade.Chat;
using LlmCascade.Deferral;
using LlmCascade.Steps;
using LlmCascade.Strategies;
using LlmCascade.Students;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>Says who answers in a tier, and which of its answers are kept.</summary>
/// <remarks>
/// Whatever order the methods are called in, the policies are asked in this one, and the first decisive verdict wins:
/// what the tier accepts; <see cref="ValidityPolicy"/>, which every tier has; <see cref="DeferWhen"/>,
/// <see cref="KeepWhen"/> and <see cref="UsePolicy"/> in the order of their calls; <see cref="CheckSteps"/>; <see cref="DeferBelow"/>;
/// <see cref="KeepWhenValid"/>. <see cref="Explore"/> wraps them all.
/// </remarks>
public sealed partial class TierBuilder
{
    private readonly List<IDeferralPolicy> _policies = [];

    internal TierBuilder(string name) => Name = name;

    /// <summary>Initializes the tier of a student.</summary>
    internal TierBuilder(string name, StudentOptions student)
        : this(name) => Student = student;

    private TierBuilder(TierBuilder original, TierOptions options)
        : this(original.Name)
    {
        _policies = original._policies;
        Capabilities = original.Capabilities;
        Threshold = options.Threshold ?? original.Threshold;
        KeepsWhenValid = options.KeepWhenValid ?? original.KeepsWhenValid;
        Exploration = options.Exploration ?? original.Exploration;
        Student = original.Student;
        Strategies = original.Strategies;
        _stepCheck = original._stepCheck;
        Setup = original.Setup.With(options.Client, options.Model, options.Timeout, options.Prices);
        Setup.TokenConfidence = options.ToTokenConfidence() ?? Setup.TokenConfidence;
    }

    /// <summary>Gets the name of the tier.</summary>
    public string Name { get; }

    internal GeneratorSetup Setup { get; private init; } = new();

    /// <summary>Gets how the tier's student learns; <see langword="null"/> for every other tier.</summary>
    internal StudentOptions? Student { get; }

    /// <summary>Gets how the tier uses strategies; <see langword="null"/> where it uses none.</summary>
    internal StrategyReadingOptions? Strategies { get; private set; }

    private double? Threshold { get; set; }

    private bool KeepsWhenValid { get; set; }

    private double? Exploration { get; set; }

    private ChatCapabilities? Capabilities { get; set; }

    /// <summary>Lets a chat client answer. It stays the host's to dispose.</summary>
    /// <param name="client">The client.</param>
    /// <returns>This builder.</returns>
    public TierBuilder UseChatClient(IChatClient client)
    {
        Setup.Use(ClientSource.Of(client));
        return this;
    }

    /// <summary>Lets the chat client answer that the container holds under a key.</summary>
    /// <param name="key">The key. The client must be a singleton.</param>
    /// <returns>This builder.</returns>
    public TierBuilder UseChatClient(string key)
    {
        Setup.Use(ClientSource.Of(key));
        return this;
    }

    /// <summary>Lets the chat client answer that a factory makes once. The cascade's client disposes it.</summary>
    /// <param name="factory">The factory. It makes the client; one that the container owns is used by its key instead.</param>
    /// <returns>This builder.</returns>
    public TierBuilder UseChatClient(Func<IServiceProvider, IChatClient> factory)
    {
        Setup.Use(ClientSource.Of(factory));
        return this;
    }

    /// <summary>Lets a generator answer: a cascade, or one of your own.</summary>
    /// <param name="generator">The generator. It stays the host's to dispose.</param>
    /// <returns>This builder.</returns>
    public TierBuilder UseGenerator(IGenerator generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return UseGenerator(_ => generator);
    }

    /// <summary>Lets the generator answer that a factory makes once.</summary>
    /// <param name="factory">The factory. What it returns stays the host's, or the container's, to dispose.</param>
    /// <returns>This builder.</returns>
    public TierBuilder UseGenerator(Func<IServiceProvider, IGenerator> factory)
    {
        Setup.Use(factory);
        return this;
    }

    /// <summary>Finds the confidence of a chat client's response, which <see cref="DeferBelow"/> needs.</summary>
    /// <param name="confidence">The function, thread-safe.</param>
    /// <returns>This builder.</returns>
    public TierBuilder WithConfidence(Func<ChatResponse, Confidence> confidence)
    {
        ArgumentNullException.ThrowIfNull(confidence);
        return WithConfidence((_, response) => confidence(response));
    }

    /// <summary>Finds the confidence of a chat client's response, which <see cref="DeferBelow"/> needs.</summary>
    /// <param name="confidence">The function, thread-safe.</param>
    /// <returns>This builder.</returns>
    public TierBuilder WithConfidence(Func<GenerationRequest, ChatResponse, Confidence> confidence)
    {
        ArgumentNullException.ThrowIfNull(confidence);
        Setup.Confidence = confidence;
        return this;
    }

    /// <summary>Measures the confidence of a chat client's answers from their token log-probabilities, which <see cref="DeferBelow"/> needs.</summary>
    /// <param name="confidence">The measure; <see cref="TokenConfidence.Mean"/> by default.</param>
    /// <returns>This builder.</returns>
    /// <remarks>
    /// The chat client must supply log-probabilities: build it with <c>UseOpenAILogProbabilities()</c> of
    /// LlmCascade.OpenAI, or with <see cref="LogProbabilityChatClientBuilderExtensions.UseTokenLogProbabilities"/>.
    /// Streamed, an answer is stopped as soon as it is certain to be deferred.
    /// </remarks>
    public TierBuilder WithTokenConfidence(TokenConfidence? confidence = null)
    {
        Setup.TokenConfidence = confidence ?? TokenConfidence.Mean;
        return this;
    }

    /// <summary>Keeps an answer whose confidence reaches a threshold, and defers every other one.</summary>
    /// <param name="threshold">The lowest confidence that is kept, above 0 and at most 1.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threshold"/> is outside its range.</exception>
    public TierBuilder DeferBelow(double threshold)
    {
        Threshold = new ThresholdPolicy(threshold).Threshold;
        return this;
    }

    /// <summary>Keeps every answer about which nobody else has an opinion: it is valid, and no condition speaks against it.</summary>
    /// <returns>This builder.</returns>
    public TierBuilder KeepWhenValid()
    {
        KeepsWhenValid = true;
        return this;
    }

    /// <summary>Keeps an answer when a condition holds.</summary>
    /// <param name="condition">The condition, thread-safe. What it throws counts as a deferral.</param>
    /// <param name="reason">The reason to record: a short stable code.</param>
    /// <returns>This builder.</returns>
    public TierBuilder KeepWhen(Func<ChatResponse, bool> condition, string reason = DeferralReasons.Condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return UsePolicy(DeferralPolicy.KeepWhen((_, generation) => condition(generation.Response), reason));
    }

    /// <summary>Defers an answer when a condition holds.</summary>
    /// <param name="condition">The condition, thread-safe. What it throws counts as a deferral.</param>
    /// <param name="reason">The reason to record: a short stable code.</param>
    /// <returns>This builder.</returns>
    public TierBuilder DeferWhen(Func<ChatResponse, bool> condition, string reason = DeferralReasons.Condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        return UsePolicy(DeferralPolicy.DeferWhen((_, generation) => condition(generation.Response), reason));
    }

    /// <summary>Adds a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <returns>This builder.</returns>
    public TierBuilder UsePolicy(IDeferralPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        _policies.Add(policy);
        return this;
    }

    /// <summary>Asks the expert about a random share of the answers that would be kept, for the sake of learning.</summary>
    /// <param name="probability">The share, from 0 to 1.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is outside its range.</exception>
    public TierBuilder Explore(double probability)
    {
        Exploration = new ExplorationPolicy(ValidityPolicy.Instance, probability).Probability;
        return this;
    }

    /// <summary>Says what the tier's calls cost, in the one currency of the cascade.</summary>
    /// <param name="inputPerMillion">The price of a million input tokens; given together with <paramref name="outputPerMillion"/> or not at all.</param>
    /// <param name="outputPerMillion">The price of a million output tokens.</param>
    /// <param name="cachedInputPerMillion">The price of a million cached input tokens; the input price by default.</param>
    /// <param name="perCall">The price of a call, added to that of its tokens.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">A price is negative, or input and output are not given together.</exception>
    public TierBuilder Costs(
        decimal? inputPerMillion = null,
        decimal? outputPerMillion = null,
        decimal? cachedInputPerMillion = null,
        decimal? perCall = null)
    {
        Setup.Prices = new Prices(inputPerMillion, outputPerMillion, cachedInputPerMillion, perCall);
        return this;
    }

    /// <summary>Limits how long the tier may take, decisions included; then it defers.</summary>
    /// <param name="timeout">The limit, above zero and at most 24 days.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="timeout"/> is outside its range.</exception>
    public TierBuilder WithTimeout(TimeSpan timeout)
    {
        Setup.SetTimeout(timeout);
        return this;
    }

    /// <summary>Edits the chat client's clone of the options: temperature, token limit, more instructions.</summary>
    /// <param name="configure">The edit; several are made in the order of their calls.</param>
    /// <returns>This builder.</returns>
    public TierBuilder WithOptions(Action<ChatOptions> configure)
    {
        Setup.SetOptions(configure);
        return this;
    }

    /// <summary>Asks the chat client for a model. By default the caller's model id is cleared, because it names the expert's.</summary>
    /// <param name="modelId">The model, not empty.</param>
    /// <returns>This builder.</returns>
    public TierBuilder UseModel(string modelId)
    {
        Setup.SetModel(modelId);
        return this;
    }

    /// <summary>Puts strategies of similar questions into the tier's prompt, as quoted data before the question.</summary>
    /// <param name="configure">Says which ones, and how many; several calls add up.</param>
    /// <returns>This builder.</returns>
    /// <remarks>
    /// They come from the repository that <see cref="CascadeBuilder.UseStrategies"/> names, or that the container holds. A request
    /// reads those of its scope alone; one without a scope reads none, unless <see cref="CascadeBuilder.SingleTenant"/> says that
    /// there is only one. Which ones were shown is on the answer (<see cref="Generation.Strategies"/>).
    /// </remarks>
    [Experimental("LLMC004")]
    public TierBuilder WithStrategies(Action<StrategyReadingOptions>? configure = null)
    {
        Strategies ??= new StrategyReadingOptions();
        configure?.Invoke(Strategies);
        return this;
    }

    /// <summary>Says what the tier can take; a request that asks for more skips it. By default it takes everything.</summary>
    /// <param name="capabilities">What it can take.</param>
    /// <returns>This builder.</returns>
    public TierBuilder Accepts(ChatCapabilities capabilities)
    {
        ArgumentNullException.ThrowIfNull(capabilities);
        Capabilities = capabilities;
        return this;
    }

    /// <summary>Makes the tier the owner of server-side conversations: requests that continue one go to it alone. By default the expert is.</summary>
    /// <returns>This builder.</returns>
    public TierBuilder OwnsConversations()
    {
        Setup.OwnsConversations = true;
        return this;
    }

    /// <summary>Copies this builder with what configuration says.</summary>
    internal TierBuilder With(TierOptions options) => new(this, options);

    /// <summary>Combines the policies in the documented order.</summary>
    internal IDeferralPolicy BuildPolicy(IReadOnlySet<string>? irreversibleTools = null)
    {
        var combined = CombinePolicies(irreversibleTools ?? new HashSet<string>());
        return Exploration is { } probability ? new ExplorationPolicy(combined, probability) : combined;
    }

    /// <summary>Finds what is wrong with the tier, with the way out.</summary>
    internal IEnumerable<string> FindMistakes()
    {
        if (Student is not null)
        {
            // It answers and decides by itself.
            yield break;
        }

        if (Setup.IsEmpty)
        {
            yield return $"Tier '{Name}' has nobody to answer. Add .UseChatClient(…), .UseEnsemble(…) or .UseGenerator(…), or a Client in its configuration.";
        }

        foreach (var mistake in Strategies?.FindMistakes() ?? [])
        {
            yield return $"Tier '{Name}', .WithStrategies(…): {mistake}";
        }

        foreach (var mistake in FindStepMistakes())
        {
            yield return $"Tier '{Name}', .CheckSteps(…): {mistake}";
        }

        if (Strategies is { SureWithoutFrom: not null } && Setup is { Client: not null, Confidence: null, TokenConfidence: null })
        {
            yield return $"Tier '{Name}' is to try without strategies until it is unsure, and nothing supplies its confidence. Add .WithTokenConfidence() or .WithConfidence(response => …).";
        }

        if (Threshold is not null && KeepsWhenValid)
        {
            yield return $"Tier '{Name}' has both .DeferBelow(…) and .KeepWhenValid(), and the second can never fire. Choose one.";
        }

        if (!Setup.IsEmpty && Setup is { Client: null, IsAboutChatClient: true })
        {
            yield return $"Tier '{Name}' has a generator, and .WithConfidence(…), .WithTokenConfidence(), .WithOptions(…) and .UseModel(…) are about chat clients. Leave them out, or answer with .UseChatClient(…).";
        }

        if ((Threshold is not null || _policies.Exists(policy => policy is ThresholdPolicy))
            && Setup is { Client: not null, Confidence: null, TokenConfidence: null, Sampling: null } && _stepCheck is null)
        {
            yield return $"Tier '{Name}' defers below a threshold, and nothing supplies its confidence. Add .WithTokenConfidence(), or \"Confidence\": \"TokenMean\" in its configuration, where the provider sends token log-probabilities; or .WithConfidence(response => …); or let a generator answer that measures it with .UseGenerator(…).";
        }

        if (Setup.Sampling is not null && (Setup.Confidence is not null || Setup.TokenConfidence is not null))
        {
            yield return $"Tier '{Name}' has .WithSampling(…), whose agreement is the confidence, and .WithConfidence(…) or .WithTokenConfidence() as well. Choose one.";
        }

        if (Setup is { Sampling: not null, Ensemble: not null })
        {
            yield return $"Tier '{Name}' has both .UseEnsemble(…) and .WithSampling(…). Choose one, or let a member be a SamplingGenerator.";
        }

        foreach (var mistake in (Setup.Ensemble?.FindMistakes() ?? []).Concat(Setup.Sampling?.Options.FindMistakes() ?? []))
        {
            yield return $"Tier '{Name}', {(Setup.Ensemble is null ? ".WithSampling" : ".UseEnsemble")}(…): {mistake}";
        }

        if (Setup is { Confidence: not null, TokenConfidence: not null })
        {
            yield return $"Tier '{Name}' has both .WithConfidence(…) and .WithTokenConfidence(), and only one of them can be its confidence. Choose one.";
        }

        if (!FindStepMistakes().Any() && !CombinePolicies(new HashSet<string>()).CanKeep)
        {
            yield return $"Tier '{Name}' has no policy that can keep an answer, so it would only cost money. Add .DeferBelow(…), .KeepWhenValid() or .KeepWhen(response => …), or a Threshold or KeepWhenValid in its configuration.";
        }
        else if (!BuildPolicy().CanKeep)
        {
            yield return $"Tier '{Name}' explores every answer that it would keep, so it would only cost money. Explore a smaller share.";
        }
    }

    private IDeferralPolicy CombinePolicies(IReadOnlySet<string> irreversibleTools)
    {
        List<IDeferralPolicy> all = [];
        if (Capabilities is not null)
        {
            all.Add(new CapabilityPolicy(Capabilities));
        }

        all.Add(ValidityPolicy.Instance);
        all.Add(LabelPolicy.Instance);
        all.Add(AgreementPolicy.Instance);
        if (irreversibleTools.Count > 0)
        {
            all.Add(new IrreversibleToolPolicy(irreversibleTools, ClearedBelow));
        }

        all.AddRange(_policies);
        if (BuildStepPolicy() is { } steps)
        {
            all.Add(steps);
        }

        if (Threshold is { } threshold)
        {
            all.Add(new ThresholdPolicy(threshold));
        }

        if (KeepsWhenValid)
        {
            all.Add(DeferralPolicy.KeepTheRest());
        }

        return DeferralPolicy.FirstDecisive(all);
    }
}
