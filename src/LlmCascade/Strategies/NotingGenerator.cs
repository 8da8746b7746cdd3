namespace LlmCascade.Strategies;

/// <summary>Lets an expert write its note together with its answer, where a note is wanted: a tier deferred, and there is a scope to keep it in.</summary>
/// <remarks>The answer is shown when it is whole. A reply that is not the object that was asked for is thrown away, and the question asked again without.</remarks>
/// <param name="inner">The expert.</param>
/// <param name="duplicateSimilarity">From which similarity on a strategy that a tier was shown makes another one needless.</param>
/// <param name="scopes">Which scope a request writes to.</param>
/// <param name="prices">What the expert's calls cost; <see langword="null"/> where that is unknown.</param>
internal sealed class NotingGenerator(IGenerator inner, double duplicateSimilarity, StrategyScopes scopes, Prices? prices) : IGenerator
{
    public IGenerator Inner => inner;

    public async ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        if (!IsWanted(request, context))
        {
            return await inner.GenerateAsync(request, context, cancellationToken);
        }

        using (context.HoldBack())
        {
            var asked = DistillationPrompt.WithNote(request);
            var reply = await inner.GenerateAsync(asked, context, cancellationToken);
            if (DistillationPrompt.Split(reply) is { } answer)
            {
                return answer with { NoteCost = CostOf(answer.Note!, asked, reply) };
            }
        }

        return await inner.GenerateAsync(request, context, cancellationToken);
    }

    private decimal? CostOf(string note, GenerationRequest asked, Generation reply)
    {
        var usage = reply.Response.Usage;
        return PromptShare.CostOfInput(DistillationPrompt.LengthBesideAnswer, asked, usage, prices)
            + PromptShare.CostOfOutput(note.Length, reply.Response.Text.Length, usage, prices);
    }

    private bool IsWanted(GenerationRequest request, AttemptContext context) =>
        request.Options is null or { ResponseFormat: null, Tools: null or { Count: 0 }, ConversationId: null }
        && scopes.Of(context.Scope) is not null
        && context.DeferredAnswers.Any(answer => answer?.Strategies is not { } use
            || (use.WantsAnother && !use.Matches.Any(match => match.Similarity >= duplicateSimilarity)));
}
