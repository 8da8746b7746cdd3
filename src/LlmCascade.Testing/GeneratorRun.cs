using Microsoft.Extensions.AI;

namespace LlmCascade.Testing;

/// <summary>What came of running a generator alone.</summary>
/// <param name="Attempt">The generator's attempt, closed: usage, cost, children and failure.</param>
/// <param name="Shown">What a streaming caller saw of the answer, without the cascade's own closing update; empty for one that does not stream.</param>
public sealed record GeneratorRun(Attempt Attempt, IReadOnlyList<ChatResponseUpdate> Shown)
{
    /// <summary>Gets the answer.</summary>
    /// <exception cref="InvalidOperationException">There is none; the inner exception says why.</exception>
    public Generation Generation => Attempt.Generation
        ?? throw new InvalidOperationException("The generator gave no answer; the inner exception says why.", Failure);

    /// <summary>Gets why the attempt broke, cancellation included; <see langword="null"/> when it did not.</summary>
    public Exception? Failure => Attempt.Failure;

    /// <summary>Describes the attempt and those inside it, without any text of a request or an answer.</summary>
    /// <returns>A text of one line per attempt.</returns>
    public override string ToString() => AttemptTree.Write(Attempt);
}
