namespace LlmCascade.Chat;

/// <summary>Reads the label out of the answers of another generator, for requests that ask for one of the prompt's labels.</summary>
/// <remarks>An answer that has label probabilities already keeps them, and one that is unparsed has none.</remarks>
internal sealed class LabelingGenerator(IGenerator inner, LabelPrompt prompt) : IGenerator, IKnownSource, IWrappingGenerator
{
    public IGenerator Inner => inner;

    public object Source => (IKnownSource.Of(inner), prompt);

    public string? Model => (inner as IKnownSource)?.Model;

    public async ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        var answer = await inner.GenerateAsync(request, context, cancellationToken);
        return answer.Labels is null && prompt.Labels.Equals(request.Labels) && prompt.Parse(answer.Response.Text) is { } label
            ? answer with { Labels = LabelDistribution.Certain(prompt.Labels, label) }
            : answer;
    }
}
