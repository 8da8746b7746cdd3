using System.Diagnostics.CodeAnalysis;
using LlmCascade.Agreement;
using LlmCascade.Chat;
using LlmCascade.Steps;
using LlmCascade.Steps.Introspection;

namespace LlmCascade;

/// <content>What is said about steps that are checked before they are accepted.</content>
public sealed partial class TierBuilder
{
    private (IStepIntrospector Introspector, StepCheckOptions Options)? _stepCheck;

    /// <summary>Lets an introspector check what the tier says, and passes on what is suspect: a step of <see cref="CascadeBuilder.StepByStep"/>, or an agent's tool iteration.</summary>
    /// <param name="introspector">Who checks; see <see cref="StepIntrospector"/>.</param>
    /// <param name="configure">Says from which probability of being wrong on a step is passed on, and when control comes back.</param>
    /// <returns>This builder.</returns>
    /// <remarks>
    /// The decision is made after those of <see cref="DeferWhen"/>, <see cref="KeepWhen"/> and <see cref="UsePolicy"/>, and before that of <see cref="DeferBelow"/>. Where the introspector
    /// cannot tell, the others decide: with validators alone, add <see cref="KeepWhenValid"/>.
    /// </remarks>
    [Experimental("LLMC006")]
    public TierBuilder CheckSteps(IStepIntrospector introspector, Action<StepCheckOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(introspector);
        var options = new StepCheckOptions();
        configure?.Invoke(options);
        _stepCheck = (introspector, options);
        return this;
    }

    /// <summary>Gets who checks what the tier says; <see langword="null"/> where nobody does.</summary>
    internal IStepIntrospector? Introspector => _stepCheck?.Introspector;

    /// <summary>Gets below which probability of being wrong a call of an irreversible tool may be made; <see langword="null"/> where nobody checks.</summary>
    internal double? ClearedBelow => _stepCheck is { Introspector.CanClear: true } check ? check.Options.ActivationThreshold : null;

    /// <summary>Lets every text pass a redactor before the tier's model sees it, where that is not on this machine.</summary>
    /// <inheritdoc cref="ExpertBuilder.Redact"/>
    [Experimental("LLMC006")]
    public TierBuilder Redact(Func<string, string> redact)
    {
        ArgumentNullException.ThrowIfNull(redact);
        Setup.Redact = redact;
        return this;
    }

    /// <summary>Finds a check that could never tell anything, because nobody supplies what it looks at; with the way out.</summary>
    /// <param name="generator">The tier's generator.</param>
    internal string? FindBlindCheck(IGenerator generator)
    {
        var leaves = Introspector is { } introspector ? IntrospectorsInTurn.LeavesOf(introspector).ToList() : [];
        return leaves.Exists(leaf => leaf is AskedIntrospector asked && LacksTokens(asked.Model))
                ? $"Tier '{Name}' asks a model whether its steps are wrong, and that model's chat client supplies no token log-probabilities. Build it with .UseOpenAILogProbabilities(topAlternatives: 5) of LlmCascade.OpenAI, or with .UseTokenLogProbabilities(…)."
            : leaves.Exists(leaf => leaf is TokenIntrospector) && LacksTokens(generator)
                ? $"Tier '{Name}' checks its steps by the probabilities of their tokens, and its chat client supplies none. Build it with .UseOpenAILogProbabilities() of LlmCascade.OpenAI, or with .UseTokenLogProbabilities(…)."
            : leaves.Exists(leaf => leaf is DisagreementIntrospector) && Setup is { Sampling: null, Ensemble: null, Client: not null }
                ? $"Tier '{Name}' checks its steps by disagreement, and is asked once. Add .WithSampling(…), or answer with .UseEnsemble(…)."
            : null;
    }

    private static bool LacksTokens(IGenerator generator)
    {
        while (generator is IWrappingGenerator wrapping)
        {
            generator = wrapping.Inner;
        }

        return generator is EnsembleGenerator ensemble ? ensemble.Members.All(member => LacksTokens(member.Generator))
            : generator is ChatClientGenerator chat && chat.Client.GetService(typeof(TokenLogProbabilityReader)) is null;
    }

    private IEnumerable<string> FindStepMistakes() => _stepCheck?.Options.FindMistakes() ?? [];

    private StepPolicy? BuildStepPolicy() => _stepCheck is not { } check || check.Options.FindMistakes().Any() ? null : new StepPolicy(check.Options, check.Introspector.CanClear);
}
