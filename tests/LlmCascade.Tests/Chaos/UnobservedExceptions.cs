using System.Collections.Concurrent;

namespace LlmCascade.Tests.Chaos;

/// <summary>Collects exceptions of chaos scripts that ended in a task which nobody looked at.</summary>
/// <remarks>Other tests of the process may leave such tasks too, so only exceptions with the mark of the suite count.</remarks>
internal sealed class UnobservedExceptions : IDisposable
{
    private readonly ConcurrentQueue<Exception> _seen = new();

    public UnobservedExceptions() => TaskScheduler.UnobservedTaskException += OnUnobserved;

    /// <summary>Makes the garbage collector find them.</summary>
    public IReadOnlyCollection<Exception> Collect()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return _seen;
    }

    public void Dispose() => TaskScheduler.UnobservedTaskException -= OnUnobserved;

    private void OnUnobserved(object? sender, UnobservedTaskExceptionEventArgs e)
    {
        if (ChaosException.IsBehind(e.Exception))
        {
            _seen.Enqueue(e.Exception);
        }
    }
}
