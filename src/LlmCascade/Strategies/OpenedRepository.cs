using System.Collections.ObjectModel;
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
            var store = new StrategyStore(new LoadedStrategies(default, state, 0), journal, options);
            store.ForgetExpired();
            return new OpenedRepository(store, fitting);
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Embeds a text.</summary>
    /// <exception cref="InvalidOperationException">Nobody gave what it would have to be embedded with.</exception>
    public async ValueTask<float[]> EmbedAsync(string text, CancellationToken cancellationToken) =>
        Fitting(await Usable.EmbedAsync(text, cancellationToken).ConfigureAwait(false), Store.Space);

    /// <summary>Embeds texts.</summary>
    /// <exception cref="InvalidOperationException">Nobody gave what they would have to be embedded with.</exception>
    public async ValueTask<float[][]> EmbedAsync(string[] texts, CancellationToken cancellationToken) => texts is []
        ? []
        : Array.ConvertAll(await Usable.EmbedAsync(texts, cancellationToken).ConfigureAwait(false), embedding => Fitting(embedding, Store.Space));

    /// <exception cref="JournalException">Strategies that another model has embedded may not be embedded again.</exception>
    public void ThrowUnless(bool mayReembed, EmbeddingSpace other, string path)
    {
        if (!mayReembed)
        {
            throw new JournalException(path, $"holds embeddings of {other.Name}, and these are those of {Store.Space.Name}", Remedy);
        }
    }

    /// <summary>Embeds what another journal holds again.</summary>
    /// <param name="other">What it holds.</param>
    /// <param name="known">Embeddings for what need not be embedded, by id.</param>
    /// <param name="cancellationToken">Stops embedding.</param>
    public Task<StrategyState> ReembedAsync(
        StrategyState other, IReadOnlyDictionary<string, ReadOnlyMemory<float>> known, CancellationToken cancellationToken) =>
        ReembedAsync(other, known, Usable, Store.Space, cancellationToken);

    private TextEmbedder Usable => Embedder ?? throw new InvalidOperationException(
        $"The strategies were embedded by {Store.Space.Name}: to find or add any, give its generator as {nameof(StrategyRepositoryOptions)}.{nameof(StrategyRepositoryOptions.EmbeddingGenerator)}.");

    // Before anything is written: a journal with one embedding of another length could not be opened any more.
    private static float[] Fitting(float[] embedding, EmbeddingSpace space) => embedding.Length == space.Dimensions
        ? embedding
        : throw new InvalidOperationException($"The embedding generator gave an embedding of {embedding.Length} numbers, and gave {space.Dimensions} before.");

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
            state = await ReembedAsync(state, ReadOnlyDictionary<string, ReadOnlyMemory<float>>.Empty, embedder, space, cancellationToken).ConfigureAwait(false);
            journal.Rewrite(state);
        }

        return (state, Fitting(state, embedder, space, options));
    }

    // Who gave no generator may still list, delete and merge.
    private static TextEmbedder? Fitting(StrategyState state, TextEmbedder embedder, EmbeddingSpace space, StrategyRepositoryOptions options) =>
        state.Space.IsSame(space) ? embedder
        : options.EmbeddingGenerator is null ? null
        : throw new JournalException(options.Path!, $"holds embeddings of {state.Space.Name}, and the generator gives those of {space.Name}", Remedy);

    private static async Task<StrategyState> ReembedAsync(
        StrategyState state,
        IReadOnlyDictionary<string, ReadOnlyMemory<float>> known,
        TextEmbedder embedder,
        EmbeddingSpace space,
        CancellationToken cancellationToken)
    {
        var strategies = state.Entries.Select(entry => entry.Strategy);
        var queries = strategies.Where(strategy => !known.ContainsKey(strategy.Id)).Select(strategy => strategy.Query).Distinct(StringComparer.Ordinal).ToArray();
        var embeddings = queries.Zip(await embedder.EmbedAsync(queries, cancellationToken).ConfigureAwait(false)).ToDictionary(StringComparer.Ordinal);
        var again = new StrategyState(space);
        foreach (var record in state.Records)
        {
            again.Apply(record is StrategyRecord.Added { Strategy: var strategy }
                ? new StrategyRecord.Added(strategy with { Embedding = known.TryGetValue(strategy.Id, out var there) ? there : Fitting(embeddings[strategy.Query], space) })
                : record);
        }

        return again;
    }
}
