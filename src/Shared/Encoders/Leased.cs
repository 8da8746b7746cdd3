namespace LlmCascade.Encoders;

/// <summary>Something native that is disposed when it has been let go and its last user has left.</summary>
/// <param name="value">What is used.</param>
/// <param name="release">What is done instead of disposing it.</param>
internal sealed class Leased<T>(T value, Action<T>? release = null) : IDisposable
    where T : class, IDisposable
{
    // The owner is one of the users; at zero it is gone for good.
    private int _users = 1;
    private int _isLetGo;

    /// <summary>Gets what is used, between <see cref="TryEnter"/> and <see cref="Leave"/>.</summary>
    public T Value => value;

    /// <summary>Begins to use it.</summary>
    /// <returns>Whether it is still there.</returns>
    public bool TryEnter()
    {
        for (var users = Volatile.Read(ref _users); users > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return true;
            }

            users = seen;
        }

        return false;
    }

    /// <summary>Ends a use.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) > 0)
        {
            return;
        }

        if (release is null)
        {
            value.Dispose();
        }
        else
        {
            release(value);
        }
    }

    /// <summary>Lets it go.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isLetGo, 1) == 0)
        {
            Leave();
        }
    }
}
