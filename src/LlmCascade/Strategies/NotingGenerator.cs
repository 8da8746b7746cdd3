using LlmCascade.Telemetry;
using Microsoft.Extensions.Logging;

namespace LlmCascade.Strategies;

/// <summary>Lets an expert write its note together with its answer, where a note is wanted: a tier deferred, and there is a scope to keep it in.</summary>
/// <remarks>
/// The answer is shown when it is whole. A reply that is not the object that was asked for is thrown away, and the question asked again without; after
/// some of those in a row, notes are left to a call of their own.
/// </remarks>
/// <param name="inner">The expert.</param>
/// <param name="duplicateSimilarity">From which similarity on a strategy that a tier was shown makes another one needless.</param>
/// <param name="scopes">Which scope a request writes to.</param>
/// <param name="prices">What the expert's calls cost; <see langword="null"/> where that is unknown.</param>
/// <param name="logger">Where it is logged that the expert cannot do it.</param>
internal sealed class NotingGenerator(IGenerator inner, double duplicateSimilarity, StrategyScopes scopes, Prices? prices, ILogger logger) : IGenerator, IWrappingGenerator
{
    private const int MostMisses = 5;

    private int _misses;

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

        Generation reply;
        try
        {
            context.IsHeldBack = true;
            reply = await inner.GenerateAsync(DistillationPrompt.WithNote(request), context, cancellationToken);
        }
        finally
        {
            context.IsHeldBack = false;
        }

        var usage = reply.Response.Usage;
        if (DistillationPrompt.Split(reply) is { } answer)
        {
            Volatile.Write(ref _misses, 0);
            var cost = CostEstimate.OfInput(DistillationPrompt.LengthBesideAnswer, usage, prices) + CostEstimate.OfOutput(answer.Note!.Length, usage, prices);
            return answer with { NoteCost = cost };
        }

        if (Interlocked.Increment(ref _misses) == MostMisses)
        {
            Log.NotesNotInSameCall(logger, MostMisses);
        }

        return await inner.GenerateAsync(request, context, cancellationToken) with { NoteCost = prices?.CostOf(usage) };
    }

    private bool IsWanted(GenerationRequest request, AttemptContext context) =>
        Volatile.Read(ref _misses) < MostMisses
        && request.Options is null or { ResponseFormat: null, Tools: null or { Count: 0 }, ConversationId: null }
        && scopes.Of(context.Scope) is not null
        && context.DeferredAnswers.Any(answer => answer?.Strategies is not { } use
            || (use.WantsAnother && !use.Matches.Any(match => match.Similarity >= duplicateSimilarity)));
}
