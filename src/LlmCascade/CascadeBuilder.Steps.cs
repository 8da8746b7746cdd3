using System.Diagnostics.CodeAnalysis;
using LlmCascade.Steps;

namespace LlmCascade;

/// <content>What is said about work that is done step by step.</content>
public sealed partial class CascadeBuilder
{
    private readonly HashSet<string> _irreversibleTools = new(StringComparer.Ordinal);

    /// <summary>Gets how tasks are worked out step by step; <see langword="null"/> where answers are given in one go.</summary>
    internal StepwiseOptions? Steps { get; private set; }

    /// <summary>Gets the tools whose effect cannot be taken back.</summary>
    internal IReadOnlySet<string> IrreversibleToolNames => _irreversibleTools;

    /// <summary>Lets tasks be worked out step by step: tiers write steps, and the expert writes anew those that a tier defers.</summary>
    /// <param name="configure">Says where steps end, who writes them, and how many there may be; several calls add up.</param>
    /// <returns>This builder.</returns>
    /// <remarks>
    /// What <see cref="StepwiseGenerator"/> says holds. Everything that is said about tiers and expert is about single steps: policies, time limits, learning, audits and the expert's
    /// budget. <see cref="TierBuilder.CheckSteps"/> says which steps are suspect.
    /// </remarks>
    [Experimental("LLMC006")]
    public CascadeBuilder StepByStep(Action<StepwiseOptions>? configure = null)
    {
        Steps ??= new StepwiseOptions();
        configure?.Invoke(Steps);
        return this;
    }

    /// <summary>Marks tools whose effect cannot be taken back: where a tier wants to call one, the call is checked before it is made.</summary>
    /// <param name="names">The names of the tools.</param>
    /// <returns>This builder.</returns>
    /// <remarks>
    /// A call that <see cref="TierBuilder.CheckSteps"/> has cleared goes out; every other one is left to the expert, whatever else would have kept it. The
    /// expert's own calls are not checked: for a person's consent, use <see cref="Microsoft.Extensions.AI.ApprovalRequiredAIFunction"/>.
    /// </remarks>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    [Experimental("LLMC006")]
    public CascadeBuilder IrreversibleTools(params IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(names));
            _irreversibleTools.Add(name);
        }

        return this;
    }
}
