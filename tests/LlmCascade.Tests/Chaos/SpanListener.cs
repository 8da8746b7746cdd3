using System.Diagnostics;
using LlmCascade.Telemetry;

namespace LlmCascade.Tests.Chaos;

/// <summary>Listens to the spans of the suite, and to no others of the process, so that they are made in full.</summary>
internal static class SpanListener
{
    public static IDisposable Start()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == CascadeTelemetry.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Name.Contains(ChaosException.Mark, StringComparison.Ordinal) ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
