using System.Diagnostics.CodeAnalysis;
using LlmCascade.Steps;

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

    private IEnumerable<string> FindStepMistakes() => _stepCheck?.Options.FindMistakes() ?? [];

    private StepPolicy? BuildStepPolicy() => _stepCheck is not { } check || check.Options.FindMistakes().Any() ? null : new StepPolicy(check.Options, check.Introspector.CanClear);
}
