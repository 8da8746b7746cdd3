using Microsoft.Extensions.Logging;

namespace LlmCascade.Telemetry;

/// <summary>The log messages of the library; none holds a text of a request or an answer.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Error, "An episode observer failed on episode {EpisodeId}. The request is not affected.")]
    public static partial void EpisodeObserverFailed(ILogger logger, Exception exception, string episodeId);
}
