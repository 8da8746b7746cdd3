using LlmCascade.Embeddings;
using LlmCascade.Persistence;

namespace LlmCascade.Strategies;

/// <summary>A store together with what embeds the queries for it.</summary>
/// <param name="Store">The store.</param>
/// <param name="Embedder">What embeds queries; <see langword="null"/> where nobody gave the model that the journal was written with.</param>
internal sealed record OpenedRepository(StrategyStore Store, TextEmbedder? Embedder)
{
    private const string Remedy = "Give the generator that they are from, or set ReembedOnMismatch to embed them again.";

    /// <exception cref="JournalException">The journal cannot be opened.</exception>
    public static async Task<OpenedRepository> OpenAsync(StrategyRepositoryOptions options, CancellationToken cancellationToken)
    {
        var embedder = TextEmbedder.Of(options.EmbeddingGenerator ?? HashedEmbeddingGenerator.Shared);
        var space = await EmbeddingSpace.OfAsync(embedder, cancellationToken).ConfigureAwait(false);
        if (options.Path is not { } path)
        {
            return new OpenedRepository(new StrategyStore(new LoadedStrategies(default, new StrategyState(space), 0), null, options), embedder);
        }

        if (options.IsReadOnly)
        {
            var read = await Task.Run(() => StrategyJournal.Read(path), cancellationToken).ConfigureAwait(false);
            return new OpenedRepository(new StrategyStore(read, null, options), Fitting(read.State, embedder, space, options));
        }

        var journal = new StrategyJournal(path, options.FlushToDisk);
        try
        {
            var (state, fitting) = await OpenAsync(journal, embedder, space, options, cancellationToken).ConfigureAwait(false);
            return new OpenedRepository(new StrategyStore(new LoadedStrategies(default, state, 0), journal, options), fitting);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Embeds a text.</summary>
    /// <exception cref="InvalidOperationException">Nobody gave what it would have to be embedded with.</exception>
    public ValueTask<float[]> EmbedAsync(string text, CancellationToken cancellationToken) => Usable.EmbedAsync(text, cancellationToken);

    /// <summary>Embeds texts.</summary>
    /// <exception cref="InvalidOperationException">Nobody gave what they would have to be embedded with.</exception>
    public ValueTask<float[][]> EmbedAsync(string[] texts, CancellationToken cancellationToken) =>
        texts is [] ? new([]) : Usable.EmbedAsync(texts, cancellationToken);

    /// <summary>Embeds what another journal holds again, where it has to be and may be.</summary>
    /// <exception cref="JournalException">It has to be and may not.</exception>
    public async Task<StrategyState> FitAsync(StrategyState other, string path, bool mayReembed, CancellationToken cancellationToken) =>
        other.Space.IsSame(Store.Space) ? other
        : mayReembed ? await ReembedAsync(other, Usable, Store.Space, cancellationToken).ConfigureAwait(false)
        : throw new JournalException(path, $"holds embeddings of {other.Space.Name}, and these are those of {Store.Space.Name}", Remedy);

    private TextEmbedder Usable => Embedder ?? throw new InvalidOperationException(
        $"The strategies were embedded by {Store.Space.Name}: to find or add any, give its generator as {nameof(StrategyRepositoryOptions)}.{nameof(StrategyRepositoryOptions.EmbeddingGenerator)}.");

    private static async Task<(StrategyState State, TextEmbedder? Embedder)> OpenAsync(
        StrategyJournal journal, TextEmbedder embedder, EmbeddingSpace space, StrategyRepositoryOptions options, CancellationToken cancellationToken)
    {
        if (!journal.Exists)
        {
            var empty = new StrategyState(space);
            journal.Rewrite(empty);
            return (empty, embedder);
        }

        var state = await Task.Run(journal.Read, cancellationToken).ConfigureAwait(false);
        if (options.ReembedOnMismatch && !state.Space.IsSame(space))
        {
            state = await ReembedAsync(state, embedder, space, cancellationToken).ConfigureAwait(false);
            journal.Rewrite(state);
        }

        return (state, Fitting(state, embedder, space, options));
    }

    // Who gave no generator may still list, delete and merge.
    private static TextEmbedder? Fitting(StrategyState state, TextEmbedder embedder, EmbeddingSpace space, StrategyRepositoryOptions options) =>
        state.Space.IsSame(space) ? embedder
        : options.EmbeddingGenerator is null ? null
        : throw new JournalException(options.Path!, $"holds embeddings of {state.Space.Name}, and the generator gives those of {space.Name}", Remedy);

    private static async Task<StrategyState> ReembedAsync(StrategyState state, TextEmbedder embedder, EmbeddingSpace space, CancellationToken cancellationToken)
    {
        var queries = state.Entries.Select(entry => entry.Strategy.Query).Distinct(StringComparer.Ordinal).ToArray();
        var embeddings = queries.Zip(await embedder.EmbedAsync(queries, cancellationToken).ConfigureAwait(false)).ToDictionary(StringComparer.Ordinal);
        var again = new StrategyState(space);
        foreach (var record in state.Records)
        {
            again.Apply(record is StrategyRecord.Added { Strategy: var strategy }
                ? new StrategyRecord.Added(strategy with { Embedding = embeddings[strategy.Query] })
                : record);
        }

        return again;
    }
}
