using System.Collections.Concurrent;
using System.Diagnostics;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LlmCascade.Tests.Middleware;

/// <summary>How a client is called.</summary>
public enum Mode
{
    Buffered,
    Streaming,
}

/// <summary>A cascade of one tier and an expert, with middleware around it, as a container hands it out.</summary>
internal sealed class Pipelines(ScriptedChatClient local, ScriptedChatClient expert) : IDisposable
{
    public const string Source = nameof(Pipelines);

    private ServiceProvider? _services;

    public RecordingLogger Log { get; } = new();

    public ConcurrentQueue<Episode> Episodes { get; } = new();

    public IChatClient With(Func<ChatClientBuilder, ChatClientBuilder> use)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(Log));
        services.AddDistributedMemoryCache();
        services.AddChatClient(expert);
        use(services.AddLlmCascade(cascade => cascade
            .AddTier("local", tier => tier.UseChatClient(local).KeepWhenValid().Costs(1, 1))
            .ExpertCosts(10, 10)
            .OnEpisode(Episodes.Enqueue)));
        _services = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        return _services.GetRequiredService<IChatClient>();
    }

    public void Dispose() => _services?.Dispose();
}

/// <summary>Calls clients either way.</summary>
internal static class Calling
{
    public static async Task<ChatResponse> AskAsync(
        this IChatClient client, Mode mode, string question = "How is the weather?", ChatOptions? options = null) =>
        mode == Mode.Buffered
            ? await client.GetResponseAsync(question, options)
            : await client.GetStreamingResponseAsync(question, options).ToChatResponseAsync();
}

/// <summary>Keeps what is logged.</summary>
internal sealed class RecordingLogger : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> _messages = new();

    public IReadOnlyList<string> Messages => [.. _messages];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _messages.Enqueue(formatter(state, exception));

    public void Dispose()
    {
    }
}

/// <summary>Keeps the finished activities of one source.</summary>
internal sealed class RecordingActivities : IDisposable
{
    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;

    public RecordingActivities(string source)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = each => each.Name == source,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyList<Activity> Stopped => [.. _stopped];

    public void Dispose() => _listener.Dispose();
}
