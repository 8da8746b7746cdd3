namespace LlmCascade.Telemetry;

/// <summary>The names under which an application listens to its cascades.</summary>
public static class CascadeTelemetry
{
    /// <summary>The name of the activity source, for <c>tracing.AddSource(CascadeTelemetry.SourceName)</c>.</summary>
    public const string SourceName = "LlmCascade";

    /// <summary>The name of the meter, for <c>metrics.AddMeter(CascadeTelemetry.MeterName)</c>.</summary>
    public const string MeterName = "LlmCascade";

    internal const string CaptureContentVariable = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";

    /// <summary>Gets whether the environment asks for content, as Microsoft.Extensions.AI reads it.</summary>
    internal static bool IsContentCaptured =>
        string.Equals(Environment.GetEnvironmentVariable(CaptureContentVariable), "true", StringComparison.OrdinalIgnoreCase);
}
