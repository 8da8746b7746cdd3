namespace LlmCascade.Learning;

/// <summary>Remembers episodes for a while, so that a truth about them may come later.</summary>
/// <param name="capacity">How many are remembered; 0 for none.</param>
/// <param name="expiry">For how long.</param>
/// <param name="time">The clock.</param>
internal sealed class RecentEpisodes(int capacity, TimeSpan expiry, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Memory> _byId = new(StringComparer.Ordinal);
    private readonly Queue<Memory> _oldestFirst = new();

    /// <summary>Gets the number of episodes that are remembered, also of those that were reported.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                ForgetExpired();
                return _oldestFirst.Count;
            }
        }
    }

    /// <summary>Finds an episode that is remembered and has not been reported.</summary>
    public Episode? Find(string id)
    {
        lock (_lock)
        {
            ForgetExpired();
            return _byId.GetValueOrDefault(id)?.Episode;
        }
    }

    /// <summary>Remembers an episode. Of several parts of one, as nested cascades make them, the last counts.</summary>
    /// <returns>Whether no truth about it has been reported.</returns>
    public bool Keep(Episode episode)
    {
        if (capacity == 0)
        {
            return true;
        }

        lock (_lock)
        {
            ForgetExpired();
            if (_byId.TryGetValue(episode.Id, out var known))
            {
                known.Episode = known.Episode is null ? null : episode;
                return known.Episode is not null;
            }

            if (_oldestFirst.Count == capacity)
            {
                Forget();
            }

            var memory = new Memory(episode, time.GetTimestamp());
            _byId.Add(episode.Id, memory);
            _oldestFirst.Enqueue(memory);
            return true;
        }
    }

    /// <summary>Hands over an episode that has not been reported yet: whoever asks first gets it.</summary>
    /// <param name="id">The id of the episode.</param>
    /// <param name="teach">Takes the episode, at once, and says whether there was room for it; otherwise it can be reported again.</param>
    public FeedbackOutcome Take(string id, Func<Episode, bool> teach)
    {
        lock (_lock)
        {
            ForgetExpired();
            if (!_byId.TryGetValue(id, out var memory))
            {
                return FeedbackOutcome.Unknown;
            }

            if (memory.Episode is not { } episode)
            {
                return FeedbackOutcome.AlreadyReported;
            }

            if (!teach(episode))
            {
                return FeedbackOutcome.Dropped;
            }

            memory.Episode = null;
            return FeedbackOutcome.Accepted;
        }
    }

    private void ForgetExpired()
    {
        while (_oldestFirst.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Since) >= expiry)
        {
            Forget();
        }
    }

    private void Forget() => _byId.Remove(_oldestFirst.Dequeue().Id);

    // The texts of an episode that was reported are given up at once.
    private sealed class Memory(Episode episode, long since)
    {
        public string Id { get; } = episode.Id;

        public long Since { get; } = since;

        public Episode? Episode { get; set; } = episode;
    }
}
