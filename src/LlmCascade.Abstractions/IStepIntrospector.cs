using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>Says with which probability a step is wrong, before it is accepted.</summary>
/// <remarks>Used by many requests at once, so it must be thread-safe. What it throws counts as a failure of whoever wrote the step.</remarks>
[Experimental("LLMC006")]
public interface IStepIntrospector
{
    /// <summary>Gets a stable name with a version, part of every fingerprint.</summary>
    string Id { get; }

    /// <summary>Gets whether it can find a step to be right.</summary>
    /// <value><see langword="false"/> for one that only ever finds steps to be wrong, such as a validator: that it found nothing clears nobody.</value>
    bool CanClear { get; }

    /// <summary>Checks one step.</summary>
    /// <param name="request">
    /// What the step was asked with: the task and the steps accepted so far are its <see cref="GenerationRequest.Trajectory"/>.
    /// Where an agent's tool iteration is checked there is none, and <see cref="GenerationRequest.Messages"/> tell everything.
    /// </param>
    /// <param name="step">The step, with the evidence of who wrote it.</param>
    /// <param name="context">
    /// The attempt that wrote the step; one that asks a model begins a child of it. <see langword="null"/> where recorded steps are checked:
    /// then nobody can be asked, and one that would have to cannot tell.
    /// </param>
    /// <param name="cancellationToken">Stops the check.</param>
    /// <returns>What was found out; never <see langword="null"/>.</returns>
    [SuppressMessage("Naming", "CA1716:Identifiers should not match keywords", Justification = "A step is what the field calls it.")]
    ValueTask<StepCheck> CheckAsync(
        GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken = default);
}
