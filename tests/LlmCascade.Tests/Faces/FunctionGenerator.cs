namespace LlmCascade.Tests.Faces;

/// <summary>A generator that is a function of what it is asked.</summary>
internal sealed class FunctionGenerator(Func<GenerationRequest, CancellationToken, ValueTask<Generation>> generate) : IGenerator
{
    public ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default) =>
        generate(request, cancellationToken);
}
