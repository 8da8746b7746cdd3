namespace LlmCascade.Tests.Steps;

/// <summary>Checks each answer of another generator, and hands the check on.</summary>
internal sealed class CheckedGenerator(IGenerator inner, IStepIntrospector introspector) : IGenerator
{
    public async ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        var answer = await inner.GenerateAsync(request, context, cancellationToken);
        return answer with { Check = await introspector.CheckAsync(request, answer, context, cancellationToken) };
    }
}
