using System.Diagnostics.CodeAnalysis;
using LlmCascade.Persistence;

namespace LlmCascade.Strategies;

/// <summary>Keeps strategies in memory and, where a file is named, in a journal from which they come back after a restart.</summary>
/// <remarks>
/// <para>
/// Search is exact: it finds what comparing the query with every strategy of its scope would find. Any number of threads
/// search while one changes something, and do not wait for it.
/// </para>
/// <para>
/// A change is acknowledged when it is in the file: then it is still there if the process is killed, and with
/// <see cref="StrategyRepositoryOptions.FlushToDisk"/> also if the power fails. One process writes a journal. Others open it
/// read-only and follow, or write journals of their own and merge; merged journals are equal, in whatever order they met.
/// </para>
/// <para>
/// It is opened by <see cref="OpenAsync"/> or by whatever is called first, which throws what that throws. What is running
/// when it is disposed ends first.
/// </para>
/// </remarks>
[Experimental("LLMC004")]
public sealed class InMemoryStrategyRepository : IStrategyRepository, IDisposable, IAsyncDisposable
{
    private static readonly TimeSpan _followEvery = TimeSpan.FromSeconds(1);

    private readonly StrategyRepositoryOptions _options;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private OpenedRepository? _opened;
    private ITimer? _following;
    private int _isCompacting;
    private int _isFollowing;
    private bool _isDisposed;

    /// <summary>Initializes a repository. Nothing is opened yet.</summary>
    /// <param name="options">How strategies are kept; by default in memory alone. They are copied.</param>
    /// <exception cref="ArgumentException">The path is blank, or a repository is to be read only and has no path.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A limit is outside its range.</exception>
    public InMemoryStrategyRepository(StrategyRepositoryOptions? options = null) => _options = (options ?? new()).Checked();

    /// <summary>Opens the repository: reads its journal, and asks the embedding generator for two embeddings that tell its model apart.</summary>
    /// <param name="cancellationToken">Stops before it is open.</param>
    /// <returns>A task that completes when it is open. Where it is already, nothing happens.</returns>
    /// <exception cref="JournalException">
    /// The journal is damaged, is written by somebody else, cannot be read or written, or holds embeddings of another model.
    /// Nothing was loaded.
    /// </exception>
    public async Task OpenAsync(CancellationToken cancellationToken = default) => await GetOpenedAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StrategyMatch>> FindAsync(StrategyQuery query, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        var opened = await GetOpenedAsync(cancellationToken).ConfigureAwait(false);
        if (!opened.Store.HasAny(query.Scope))
        {
            return [];
        }

        var embedding = await opened.EmbedAsync(query.Text, cancellationToken).ConfigureAwait(false);
        return opened.Store.Find(query, embedding);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> AddAsync(Strategy strategy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(strategy);
        return await AddAllAsync([strategy], cancellationToken).ConfigureAwait(false) > 0;
    }

    /// <summary>Adds many strategies, or raises the status of those that are there; their queries are embedded in batches.</summary>
    /// <param name="strategies">The strategies.</param>
    /// <param name="cancellationToken">Stops before anything was added.</param>
    /// <returns>How many changed something.</returns>
    /// <exception cref="JournalException">They could not be written; what was written of them is there.</exception>
    public async ValueTask<int> AddAllAsync(IReadOnlyCollection<Strategy> strategies, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(strategies);
        var now = _options.TimeProvider.GetUtcNow();
        var given = strategies.Select(strategy => strategy with { CreatedAt = strategy.CreatedAt == default ? now : strategy.CreatedAt, Embedding = default }).ToArray();
        while (true)
        {
            var opened = await GetOpenedAsync(cancellationToken).ConfigureAwait(false);
            var missing = await WriteAsync(store => MissingIn(store, given), cancellationToken).ConfigureAwait(false);
            var embeddings = await opened.EmbedAsync([.. missing.Select(i => given[i].Query)], cancellationToken).ConfigureAwait(false);
            foreach (var (i, embedding) in missing.Zip(embeddings))
            {
                given[i] = given[i] with { Embedding = embedding };
            }

            // One that was there a moment ago may have been evicted meanwhile.
            var added = await WriteAsync(store => MissingIn(store, given) is [] ? store.Add(given) : (int?)null, cancellationToken).ConfigureAwait(false);
            if (added is not null)
            {
                return added.Value;
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>A read-only repository counts nothing.</remarks>
    /// <exception cref="JournalException">It could not be written.</exception>
    public async ValueTask RecordAsync(StrategyOutcome outcome, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        cancellationToken.ThrowIfCancellationRequested();
        if (_options.IsReadOnly)
        {
            return;
        }

        await WriteAsync(
            store =>
            {
                store.Count(outcome);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// <inheritdoc path="/remarks"/>
    /// The text is out of the file with the next compaction: with <see cref="CompactAsync"/>, which says so where it fails, or when the
    /// repository is disposed or, where the process was killed, opened again. Copies of the file are the host's.
    /// </remarks>
    /// <exception cref="JournalException">It could not be written.</exception>
    public ValueTask<int> DeleteAsync(StrategyFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return WriteAsync(store => store.Delete(filter), cancellationToken);
    }

    /// <summary>Lists strategies of whatever status, those that have expired left out.</summary>
    /// <param name="filter">Which ones.</param>
    /// <param name="cancellationToken">Stops before the repository is open.</param>
    /// <returns>The strategies as they are at the moment: by scope, and in the order in which they were added.</returns>
    public async ValueTask<IReadOnlyList<Strategy>> ListAsync(StrategyFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var opened = await GetOpenedAsync(cancellationToken).ConfigureAwait(false);
        return [.. opened.Store.List(filter)];
    }

    /// <summary>Takes over what another journal knows: strategies, status, counters and deletions.</summary>
    /// <param name="path">The other journal. Somebody else may be writing it.</param>
    /// <param name="cancellationToken">Stops before anything was taken over.</param>
    /// <returns>What has changed here. The other journal stays as it is.</returns>
    /// <exception cref="JournalException">
    /// The other journal is damaged or cannot be read, or holds embeddings of another model; or this one could not be written.
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="path"/> is blank, or that of this repository.</exception>
    public async Task<StrategyMergeResult> MergeAsync(string path, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var other = Path.GetFullPath(path);
        if (other == _options.Path)
        {
            throw new ArgumentException("A journal cannot be merged with itself.", nameof(path));
        }

        var opened = await GetOpenedAsync(cancellationToken).ConfigureAwait(false);
        var loaded = await Task.Run(() => StrategyJournal.Read(other), cancellationToken).ConfigureAwait(false);
        var state = loaded.State;
        if (!state.Space.IsSame(opened.Store.Space))
        {
            opened.ThrowUnless(_options.ReembedOnMismatch, state.Space, other);
            var known = await WriteAsync(store => store.EmbeddingsOf(state), cancellationToken).ConfigureAwait(false);
            state = await opened.ReembedAsync(state, known, cancellationToken).ConfigureAwait(false);
        }

        return await WriteAsync(store => store.Merge(state), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes the journal anew with what is there now. What was deleted, forgotten or superseded is not in the file any more.</summary>
    /// <param name="cancellationToken">Stops before it is written.</param>
    /// <returns>A task that completes when the new file has taken the place of the former one.</returns>
    /// <exception cref="JournalException">It could not be written. The former file is as it was.</exception>
    public Task CompactAsync(CancellationToken cancellationToken = default) => Task.Run(
        () => WriteAsync(
            store =>
            {
                store.Compact();
                return true;
            },
            cancellationToken).AsTask(),
        cancellationToken);

    /// <summary>Reads at once what the writer of a read-only repository's journal has written; it would be read within about a second.</summary>
    /// <param name="cancellationToken">Stops before it is read.</param>
    /// <returns>A task that completes when it has been read. Where the repository is not read-only, nothing happens.</returns>
    /// <exception cref="JournalException">The journal is damaged, or cannot be read; what was read before is still there.</exception>
    public async Task RefreshAsync(CancellationToken cancellationToken = default)
    {
        var opened = await GetOpenedAsync(cancellationToken).ConfigureAwait(false);
        if (_options.IsReadOnly)
        {
            await RunAloneAsync(
                () =>
                {
                    opened.Store.Follow(_options.Path!);
                    return true;
                },
                cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the journal.</summary>
    public void Dispose()
    {
        _writing.Wait();
        Close();
    }

    /// <summary>Closes the journal.</summary>
    /// <returns>A task that completes when it is closed.</returns>
    public async ValueTask DisposeAsync()
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        Close();
    }

    private static int[] MissingIn(StrategyStore store, Strategy[] given) =>
        [.. Enumerable.Range(0, given.Length).Where(i => given[i].Embedding.IsEmpty && store.IsNew(given[i]))];

    private void Close()
    {
        try
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                _following?.Dispose();
                _opened?.Store.Dispose();
            }
        }
        finally
        {
            _writing.Release();
        }
    }

    private ValueTask<OpenedRepository> GetOpenedAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        return Volatile.Read(ref _opened) is { } opened ? new(opened) : OpenAloneAsync(cancellationToken);
    }

    private async ValueTask<OpenedRepository> OpenAloneAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_opened is null)
            {
                Volatile.Write(ref _opened, await OpenedRepository.OpenAsync(_options, cancellationToken).ConfigureAwait(false));
                _following = _options.IsReadOnly ? _options.TimeProvider.CreateTimer(_ => _ = FollowAsync(), null, _followEvery, _followEvery) : null;
            }

            return _opened!;
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task FollowAsync()
    {
        if (Interlocked.Exchange(ref _isFollowing, 1) == 1)
        {
            return;
        }

        try
        {
            await RefreshAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is JournalException or ObjectDisposedException)
        {
            // Until it goes well again, what was read before is served; who asks is told by RefreshAsync.
        }
        finally
        {
            Volatile.Write(ref _isFollowing, 0);
        }
    }

    // Nobody waits for it; who writes next waits until it is done.
    private void CompactSoon(StrategyStore store)
    {
        if (Interlocked.Exchange(ref _isCompacting, 1) == 0)
        {
            _ = Task.Run(() => CompactBesideAsync(store));
        }
    }

    private async Task CompactBesideAsync(StrategyStore store)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (!_isDisposed)
            {
                store.TryCompact();
            }
        }
        finally
        {
            Volatile.Write(ref _isCompacting, 0);
            _writing.Release();
        }
    }

    private async ValueTask<T> WriteAsync<T>(Func<StrategyStore, T> work, CancellationToken cancellationToken)
    {
        if (_options.IsReadOnly)
        {
            throw new InvalidOperationException($"The journal '{_options.Path}' was opened read-only.");
        }

        var opened = await GetOpenedAsync(cancellationToken).ConfigureAwait(false);
        return await RunAloneAsync(
            () =>
            {
                var result = work(opened.Store);
                if (opened.Store.WantsCompaction)
                {
                    CompactSoon(opened.Store);
                }

                return result;
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<T> RunAloneAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return work();
        }
        finally
        {
            _writing.Release();
        }
    }
}
