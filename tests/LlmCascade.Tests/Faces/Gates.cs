namespace LlmCascade.Tests.Faces;

/// <summary>Calls that wait until they are let through, in an order that is drawn from a seed.</summary>
internal sealed class Gates(int seed)
{
    private readonly Lock _lock = new();
    private readonly List<TaskCompletionSource> _waiting = [];
    private ulong _state = (ulong)seed;

    /// <summary>Gets how many calls are waiting.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    public async Task PassAsync(CancellationToken cancellationToken = default)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add(gate);
        }

        await gate.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Lets one of the waiting calls through, if there is any.</summary>
    public void Open()
    {
        lock (_lock)
        {
            if (_waiting.Count > 0)
            {
                _state = (_state * 6364136223846793005) + 1442695040888963407;
                var chosen = (int)((_state >> 33) % (ulong)_waiting.Count);
                _waiting[chosen].SetResult();
                _waiting.RemoveAt(chosen);
            }
        }
    }

    /// <summary>Lets all calls through, one after the other, until the work is done.</summary>
    public async Task OpenUntilAsync(Task work)
    {
        while (!work.IsCompleted)
        {
            Open();
            await Task.Yield();
        }

        await work;
    }
}
