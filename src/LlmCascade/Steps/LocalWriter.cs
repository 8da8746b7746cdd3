namespace LlmCascade.Steps;

/// <summary>Lets a tier's generator stand where an expert's does: it signs with the tier's name, and does not get the caller's model id, which is meant for the expert.</summary>
internal sealed class LocalWriter(IGenerator inner, string name) : IGenerator
{
    public string Name => name;

    public async ValueTask<Generation> GenerateAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Options?.ModelId is not null)
        {
            var options = request.Options.Clone();
            options.ModelId = null;
            request = request with { Options = options };
        }

        return await inner.GenerateAsync(request, context, cancellationToken) with { Author = name };
    }
}
