using System.Collections.Immutable;

namespace LlmCascade.Testing;

/// <summary>Keeps the episodes of the cascades that it listens to, for a test to look at.</summary>
/// <remarks>
/// Thread-safe. It listens where a cascade is made, <c>cascade.OnEpisode(recorder.Record)</c>, and to one that the host
/// makes, <c>services.ConfigureAll&lt;CascadeOptions&gt;(options => options.OnEpisode(recorder.Record))</c>. An episode is
/// there before its answer is returned.
/// </remarks>
public sealed class EpisodeRecorder
{
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

    /// <summary>Forgets the episodes so far.</summary>
    public void Clear() => ImmutableInterlocked.Update(ref _episodes, static episodes => episodes.Clear());
}
