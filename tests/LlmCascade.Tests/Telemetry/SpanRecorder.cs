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

    private readonly List<Activity> _exported = [];
    private readonly TracerProvider _provider;

    public SpanRecorder(Sampler? sampler = null)
    {
        _provider = Sdk.CreateTracerProviderBuilder()
            .SetSampler(sampler ?? new AlwaysOnSampler())
            .AddSource(_source.Name, CascadeTelemetry.SourceName, ChatSource)
            .AddInMemoryExporter(_exported)
            .Build();
        Caller = _source.StartActivity("caller")!;
    }

    public Activity Caller { get; }

    /// <summary>Stops listening, and gets the spans below the caller's in the order in which they ended.</summary>
    public IReadOnlyList<Activity> Finish()
    {
        _provider.Dispose();
        return [.. _exported.Where(each => each.TraceId == Caller.TraceId && each != Caller)];
    }

    public void Dispose()
    {
        _provider.Dispose();
        Caller.Dispose();
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
