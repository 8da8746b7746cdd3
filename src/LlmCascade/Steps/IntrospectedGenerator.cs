using System.Diagnostics.CodeAnalysis;
using LlmCascade.Deferral;

namespace LlmCascade.Steps;

/// <summary>Lets an introspector look at what a generator says, so that a policy can decide about it.</summary>
/// <remarks>
/// What was found is the answer's <see cref="Generation.Check"/>; where the answer has no confidence of its own, it is the probability that it is right.
/// Nobody looks at an answer that is empty, an error, cut off or invalid, which is no good anyway. Thread-safe when both are.
/// </remarks>
[Experimental("LLMC006")]
public sealed class IntrospectedGenerator : IGenerator, IKnownSource, IWrappingGenerator
{
    /// <summary>Initializes a generator.</summary>
    /// <param name="inner">Who answers.</param>
    /// <param name="introspector">Who looks at it.</param>
    public IntrospectedGenerator(IGenerator inner, IStepIntrospector introspector)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(introspector);
        Inner = inner;
        Introspector = introspector;
    }

    /// <summary>Gets who answers.</summary>
    public IGenerator Inner { get; }

    /// <summary>Gets who looks at it.</summary>
    public IStepIntrospector Introspector { get; }

    object IKnownSource.Source => IKnownSource.Of(Inner);

    string? IKnownSource.Model => (Inner as IKnownSource)?.Model;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The introspector returned <see langword="null"/>.</exception>
    public async ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var answer = await Inner.GenerateAsync(request, context, cancellationToken);
        if (answer is null or { IsAuthoritative: true } || ResponseContent.IsEmpty(answer.Response) || ResponseContent.FindError(answer.Response) is not null
            || ValidityPolicy.FindFlaw(request.Options, answer.Response) is not null)
        {
            return answer!;
        }

        var check = await Introspector.CheckAsync(request, answer, context, cancellationToken)
            ?? throw new InvalidOperationException($"The introspector '{Introspector.Id}' returned null.");
        return answer with
        {
            Check = check,
            Confidence = answer.Confidence.HasValue || check.ErrorProbability is not { } wrong ? answer.Confidence : Confidence.Measured(1 - wrong),
        };
    }
}
