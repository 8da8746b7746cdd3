using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>Keeps strategies, and finds those of a scope that fit a question.</summary>
/// <remarks>
/// Thread-safe. Every argument carries its scope, and nothing of one scope is ever seen, counted or changed through another
/// one. <c>StrategyRepositoryConformance</c> in LlmCascade.Testing holds the rules, one method each, for the tests of an
/// implementation.
/// </remarks>
[Experimental("LLMC004")]
public interface IStrategyRepository
{
    /// <summary>Finds the active strategies of a scope whose queries are the most similar ones.</summary>
    /// <param name="query">The scope, the question, how many, and how similar.</param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>What was found, the most similar one first; of equally similar ones the one that was added first.</returns>
    ValueTask<IReadOnlyList<StrategyMatch>> FindAsync(StrategyQuery query, CancellationToken cancellationToken = default);

    /// <summary>Adds a strategy, or raises the status of the one that is there.</summary>
    /// <param name="strategy">The strategy.</param>
    /// <param name="cancellationToken">Stops before anything was added.</param>
    /// <returns>
    /// Whether something changed: <see langword="false"/> where it is there already with that status or a higher one, and where
    /// it has been deleted, because a deletion holds for ever.
    /// </returns>
    ValueTask<bool> AddAsync(Strategy strategy, CancellationToken cancellationToken = default);

    /// <summary>Counts what happened to a strategy. One that is not there is passed over: it may be gone since it was found.</summary>
    /// <param name="outcome">What happened.</param>
    /// <param name="cancellationToken">Stops before anything was counted.</param>
    /// <returns>A task that completes when it has been counted.</returns>
    ValueTask RecordAsync(StrategyOutcome outcome, CancellationToken cancellationToken = default);

    /// <summary>Deletes strategies for ever: also when another copy of the repository still has them and is merged later.</summary>
    /// <param name="filter">Which ones.</param>
    /// <param name="cancellationToken">Stops before anything was deleted.</param>
    /// <returns>How many were deleted here.</returns>
    /// <remarks>
    /// What a filter without an id means is deleted as far as it was made until now: what is made later, in the same scope or
    /// by the same producer, may be added.
    /// </remarks>
    ValueTask<int> DeleteAsync(StrategyFilter filter, CancellationToken cancellationToken = default);
}
