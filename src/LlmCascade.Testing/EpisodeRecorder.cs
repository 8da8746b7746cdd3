using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace LlmCascade.Testing;

/// <summary>Keeps the episodes of the cascades that it listens to, for a test to look at.</summary>
/// <remarks>
/// Thread-safe. It listens where a cascade is made, <c>cascade.OnEpisode(recorder.Record)</c>, and to one that the host
/// makes, <c>services.ConfigureAll&lt;CascadeOptions&gt;(options => options.OnEpisode(recorder.Record))</c>. An episode is
/// there before its answer is returned.
/// </remarks>
public sealed class EpisodeRecorder
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private readonly Channel<EpisodeAddendum> _addenda = Channel.CreateUnbounded<EpisodeAddendum>();

    private ImmutableList<Episode> _episodes = [];

    /// <summary>Gets the episodes so far, in the order in which they ended.</summary>
    public IReadOnlyList<Episode> Episodes => _episodes;

    /// <summary>Gets the episode that ended last.</summary>
    /// <exception cref="ExpectationException">There is none.</exception>
    public Episode Newest => _episodes is [.., var newest]
        ? newest
        : throw new ExpectationException("Expected an episode to be recorded, and there is none.");

    /// <summary>Gets the only episode.</summary>
    /// <exception cref="ExpectationException">There is none, or more than one.</exception>
    public Episode Only
    {
        get
        {
            var episodes = _episodes;
            return episodes is [var only]
                ? only
                : throw new ExpectationException(
                    $"Expected one episode to be recorded, and there are {episodes.Count}."
                    + string.Concat(episodes.Select(episode => "\n" + episode.Describe())));
        }
    }

    /// <summary>Keeps an episode.</summary>
    /// <param name="episode">The episode.</param>
    public void Record(Episode episode)
    {
        ArgumentNullException.ThrowIfNull(episode);
        ImmutableInterlocked.Update(ref _episodes, static (episodes, added) => episodes.Add(added), episode);
    }

    /// <summary>Keeps an addendum, which comes after its episode.</summary>
    /// <param name="addendum">The addendum.</param>
    [Experimental("LLMC002")]
    public void Record(EpisodeAddendum addendum)
    {
        ArgumentNullException.ThrowIfNull(addendum);
        _addenda.Writer.TryWrite(addendum);
    }

    /// <summary>Waits for the next addendum; each comes once, in the order in which they were recorded.</summary>
    /// <returns>The addendum.</returns>
    /// <exception cref="ExpectationException">None came within 30 seconds.</exception>
    [Experimental("LLMC002")]
    public async Task<EpisodeAddendum> NextAddendumAsync()
    {
        using var patience = new CancellationTokenSource(_patience, TimeProvider.System);
        try
        {
            return await _addenda.Reader.ReadAsync(patience.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new ExpectationException("Expected an addendum to be recorded, and none came within 30 seconds.", e);
        }
    }

    /// <summary>Forgets the episodes and the addenda so far.</summary>
    public void Clear()
    {
        ImmutableInterlocked.Update(ref _episodes, static episodes => episodes.Clear());
        while (_addenda.Reader.TryRead(out _))
        {
        }
    }
}
