using Microsoft.Extensions.Logging;
using Xunit;

namespace LlmCascade.Tests.Chaos;

/// <summary>A logger that writes every message, so that those which cannot be written are found, and keeps none.</summary>
internal sealed class ChaosLogger : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Assert.NotEmpty(formatter(state, exception));
}
