using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>Works a task out step by step: runs a cascade once for each step, with the steps accepted so far.</summary>
/// <remarks>
/// <para>
/// After Sun et al., "AdaSwitch" (arXiv 2410.13181), as its abstract and those who read it describe it: a local model writes, its suspect steps are written anew by
/// a cloud model, and control returns to the local one. Which steps are suspect is decided by the cascade's policies, such as <see cref="StepPolicy"/>.
/// </para>
/// <para>
/// Each accepted step is shown at once, whole, and a suspect one never. The answer's <see cref="Generation.Trajectory"/> says who wrote what. A request that asks
/// for JSON or for a label, or that continues a conversation at a provider, is answered in one go, because steps would be no such answer. Thread-safe.
/// </para>
/// </remarks>
[Experimental("LLMC006")]
public sealed class StepwiseGenerator : IGenerator
{
    private readonly IGenerator _cascade;
    private readonly IGenerator? _finisher;
    private readonly StepwiseOptions _options;
    private readonly StepPrompt _prompt;

    /// <summary>Initializes a generator.</summary>
    /// <param name="cascade">
    /// Who writes a step, usually a cascade. Each generator in it that asks a model stands in a <see cref="StepWriter"/>, or reads <see cref="GenerationRequest.Trajectory"/> itself;
    /// <see cref="StepwiseCascade"/> makes one from any cascade.
    /// </param>
    /// <param name="finisher">Who finishes the work alone, in one call, where steps do not get on; <see langword="null"/> for nobody.</param>
    /// <param name="options">Boundaries and limits; the defaults where it is <see langword="null"/>. It is copied. Who writes in which <see cref="StepwiseOptions.Mode"/> is the cascade's affair.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public StepwiseGenerator(IGenerator cascade, IGenerator? finisher = null, StepwiseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(cascade);
        _options = StepwiseOptions.Checked(options);
        _cascade = cascade;
        _finisher = finisher;
        _prompt = new StepPrompt(_options.Boundary, _options.Instructions);
    }

    /// <summary>Gets the clock of the time limit.</summary>
    internal TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <inheritdoc/>
    /// <exception cref="TimeoutException">The time limit passed before a step was accepted, or while what the expert finishes alone was being streamed.</exception>
    public ValueTask<Generation> GenerateAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        return request is { Labels: null, Trajectory: null, Options: null or { ResponseFormat: null or Microsoft.Extensions.AI.ChatResponseFormatText, ConversationId: null, ContinuationToken: null } }
            ? new StepRun(_cascade, _finisher, _options, _prompt, request, context, TimeProvider).CompleteAsync(cancellationToken)
            : _cascade.GenerateAsync(request, context, cancellationToken);
    }
}
