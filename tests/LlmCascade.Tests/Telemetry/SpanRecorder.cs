using System.Collections.Concurrent;
using System.Diagnostics;
using LlmCascade.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Xunit;

namespace LlmCascade.Tests.Telemetry;

/// <summary>The tests that listen to spans, or that need nobody to: the source belongs to the whole process.</summary>
[CollectionDefinition(nameof(ListeningToSpans), DisableParallelization = true)]
public sealed class ListeningToSpans;

/// <summary>Keeps the spans of one trace, as the OpenTelemetry SDK exports them, and is the caller that the trace begins with.</summary>
internal sealed class SpanRecorder : IDisposable
{
    public const string ChatSource = "LlmCascade.Tests.Chat";

    private static readonly ActivitySource _source = new("LlmCascade.Tests.Caller");

    private readonly Starts _starts = new();
    private readonly List<Activity> _exported = [];
    private readonly TracerProvider _provider;

    public SpanRecorder(Sampler? sampler = null)
    {
        _provider = Sdk.CreateTracerProviderBuilder()
            .SetSampler(sampler ?? new AlwaysOnSampler())
            .AddSource(_source.Name, CascadeTelemetry.SourceName, ChatSource)
            .AddProcessor(_starts)
            .AddInMemoryExporter(_exported)
            .Build();
        Caller = _source.StartActivity("caller")!;
    }

    public Activity Caller { get; }

    /// <summary>Stops listening, and gets the spans below the caller's in the order in which they ended, which all must have.</summary>
    public IReadOnlyList<Activity> Finish()
    {
        _provider.Dispose();
        var started = InTrace(_starts.Activities);
        List<Activity> ended = [.. InTrace(_exported)];
        Assert.Equal(started.Select(each => each.DisplayName).Order(), ended.Select(each => each.DisplayName).Order());
        return ended;
    }

    public void Dispose()
    {
        _provider.Dispose();
        Caller.Dispose();
    }

    private IEnumerable<Activity> InTrace(IEnumerable<Activity> activities) =>
        activities.Where(each => each.TraceId == Caller.TraceId && each != Caller);

    private sealed class Starts : BaseProcessor<Activity>
    {
        public ConcurrentQueue<Activity> Activities { get; } = new();

        public override void OnStart(Activity data) => Activities.Enqueue(data);
    }
}

/// <summary>Looks at spans.</summary>
internal static class SpanExtensions
{
    public static Activity Named(this IEnumerable<Activity> spans, string name) =>
        Assert.Single(spans, each => each.DisplayName == name);

    /// <summary>Draws the tree of spans below one: each with its depth and name, in the order in which they began.</summary>
    public static IEnumerable<string> Below(this IReadOnlyList<Activity> spans, Activity parent, string indentation = "") => spans
        .Where(each => each.ParentSpanId == parent.SpanId)
        .OrderBy(each => each.StartTimeUtc)
        .ThenBy(each => each.DisplayName, StringComparer.Ordinal)
        .SelectMany(each => spans.Below(each, indentation + "  ").Prepend(indentation + each.DisplayName));

    public static IEnumerable<(string Name, string? Label, string? Explanation, double? Score)> Evaluations(this Activity span) =>
        from each in span.Events
        where each.Name == "gen_ai.evaluation.result"
        let tags = each.Tags.ToDictionary()
        select (
            (string)tags["gen_ai.evaluation.name"]!,
            (string?)tags["gen_ai.evaluation.score.label"],
            (string?)tags["gen_ai.evaluation.explanation"],
            (double?)tags.GetValueOrDefault("gen_ai.evaluation.score.value"));
}
