using System.Diagnostics.CodeAnalysis;
using LlmCascade.Calibration;
using LlmCascade.Deferral;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>Says who the expert is and how it is asked.</summary>
/// <remarks>Unlike a tier's, the expert's chat client sees the model id that the caller asked for.</remarks>
public sealed class ExpertBuilder
{
    private readonly List<IDeferralPolicy> _policies = [];

    internal ExpertBuilder()
    {
    }

    private ExpertBuilder(ExpertBuilder original, ExpertOptions options)
    {
        Name = original.Name;
        _policies = original._policies;
        Policy = original.Policy;
        Setup = original.Setup.With(client: null, options.Model, options.Timeout, options.Prices);
    }

    internal GeneratorSetup Setup { get; private init; } = new();

    internal string Name { get; private set; } = "expert";

    private IDeferralPolicy? Policy { get; set; }

    /// <inheritdoc cref="TierBuilder.UseChatClient(IChatClient)"/>
    public ExpertBuilder UseChatClient(IChatClient client)
    {
        Setup.Use(ClientSource.Of(client));
        return this;
    }

    /// <inheritdoc cref="TierBuilder.UseChatClient(string)"/>
    public ExpertBuilder UseChatClient(string key)
    {
        Setup.Use(ClientSource.Of(key));
        return this;
    }

    /// <inheritdoc cref="TierBuilder.UseChatClient(Func{IServiceProvider, IChatClient})"/>
    public ExpertBuilder UseChatClient(Func<IServiceProvider, IChatClient> factory)
    {
        Setup.Use(ClientSource.Of(factory));
        return this;
    }

    /// <inheritdoc cref="TierBuilder.UseGenerator(IGenerator)"/>
    public ExpertBuilder UseGenerator(IGenerator generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        return UseGenerator(_ => generator);
    }

    /// <inheritdoc cref="TierBuilder.UseGenerator(Func{IServiceProvider, IGenerator})"/>
    public ExpertBuilder UseGenerator(Func<IServiceProvider, IGenerator> factory)
    {
        Setup.Use(factory);
        return this;
    }

    /// <summary>Names the expert in traces and totals; by default <c>expert</c>.</summary>
    /// <param name="name">The name, different from the tiers'.</param>
    /// <returns>This builder.</returns>
    public ExpertBuilder WithName(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        return this;
    }

    /// <summary>Returns an answer marked as abstained when a condition holds; nothing is learned from it.</summary>
    /// <param name="condition">The condition, thread-safe. What it throws counts as not accepted.</param>
    /// <param name="reason">The reason to record: a short stable code.</param>
    /// <returns>This builder.</returns>
    public ExpertBuilder AbstainWhen(Func<ChatResponse, bool> condition, string reason = DeferralReasons.Condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        _policies.Add(DeferralPolicy.DeferWhen((_, generation) => condition(generation.Response), reason));
        return this;
    }

    /// <summary>Lets a policy judge the expert's answers: one that it does not keep is returned, marked as abstained.</summary>
    /// <param name="policy">The policy; it is asked after the conditions of <see cref="AbstainWhen"/>.</param>
    /// <returns>This builder.</returns>
    public ExpertBuilder UsePolicy(IDeferralPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        Policy = policy;
        return this;
    }

    /// <summary>Finds the confidence of the expert's answers, which <see cref="Strategies.StrategyLearningOptions.MinimumExpertConfidence"/> and a policy may ask for.</summary>
    /// <inheritdoc cref="TierBuilder.WithConfidence(Func{ChatResponse, Confidence})"/>
    public ExpertBuilder WithConfidence(Func<ChatResponse, Confidence> confidence)
    {
        ArgumentNullException.ThrowIfNull(confidence);
        Setup.Confidence = (_, response) => confidence(response);
        return this;
    }

    /// <summary>Measures the confidence of the expert's answers from their token log-probabilities.</summary>
    /// <inheritdoc cref="TierBuilder.WithTokenConfidence"/>
    public ExpertBuilder WithTokenConfidence(TokenConfidence? confidence = null)
    {
        Setup.TokenConfidence = confidence ?? TokenConfidence.Mean;
        return this;
    }

    /// <inheritdoc cref="TierBuilder.Costs"/>
    public ExpertBuilder Costs(
        decimal? inputPerMillion = null,
        decimal? outputPerMillion = null,
        decimal? cachedInputPerMillion = null,
        decimal? perCall = null)
    {
        Setup.Prices = new Prices(inputPerMillion, outputPerMillion, cachedInputPerMillion, perCall);
        return this;
    }

    /// <summary>Limits how long the expert may take; then the request fails.</summary>
    /// <inheritdoc cref="TierBuilder.WithTimeout"/>
    public ExpertBuilder WithTimeout(TimeSpan timeout)
    {
        Setup.SetTimeout(timeout);
        return this;
    }

    /// <inheritdoc cref="TierBuilder.WithOptions"/>
    public ExpertBuilder WithOptions(Action<ChatOptions> configure)
    {
        Setup.SetOptions(configure);
        return this;
    }

    /// <summary>Asks the chat client for a model, whatever the caller asks for.</summary>
    /// <param name="modelId">The model, not empty.</param>
    /// <returns>This builder.</returns>
    public ExpertBuilder UseModel(string modelId)
    {
        Setup.SetModel(modelId);
        return this;
    }

    /// <summary>Lets every text pass a redactor before it leaves for the expert.</summary>
    /// <param name="redact">The redactor, thread-safe; it returns the text that may be shown. What it throws fails the call, before anything is sent.</param>
    /// <returns>This builder.</returns>
    /// <remarks>What <see cref="Chat.RedactingGenerator"/> says holds. Whatever the expert is asked for passes it: answers, steps, hints, audits, strategies.</remarks>
    [Experimental("LLMC006")]
    public ExpertBuilder Redact(Func<string, string> redact)
    {
        ArgumentNullException.ThrowIfNull(redact);
        Setup.Redact = redact;
        return this;
    }

    /// <summary>Copies this builder with what configuration says.</summary>
    internal ExpertBuilder With(ExpertOptions options) => new(this, options);

    /// <summary>Combines the policies; none accepts every answer.</summary>
    internal IDeferralPolicy? BuildPolicy() =>
        _policies.Count == 0 ? Policy : DeferralPolicy.FirstDecisive([.. _policies, Policy ?? DeferralPolicy.KeepTheRest()]);
}
