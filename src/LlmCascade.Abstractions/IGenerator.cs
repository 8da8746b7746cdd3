namespace LlmCascade;

/// <summary>Answers requests: one model, an ensemble of models, a student that learns, or a whole cascade.</summary>
/// <remarks>
/// <para>
/// An implementation is used by many requests at once and must be thread-safe. It records every paid call with
/// <see cref="AttemptContext.Paid"/>, also when the call throws or is cancelled, and it hands each update of a streamed
/// answer to <see cref="AttemptContext.EmitAsync"/>. Either the whole answer is emitted or none of it: an answer that
/// was not emitted is shown from its <see cref="Generation.Updates"/> once it is kept.
/// </para>
/// <para>
/// Everything composes: an implementation may call other generators, each inside a child made by
/// <see cref="AttemptContext.Begin"/>.
/// </para>
/// </remarks>
public interface IGenerator
{
    /// <summary>Answers one request.</summary>
    /// <param name="request">The request. It is shared by all attempts and must not be changed.</param>
    /// <param name="context">The attempt that this call belongs to. The caller owns and closes it.</param>
    /// <param name="cancellationToken">Stops the call. A call that ignores it is abandoned after a grace time.</param>
    /// <returns>The answer with the evidence that a deferral policy may look at.</returns>
    ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default);
}
