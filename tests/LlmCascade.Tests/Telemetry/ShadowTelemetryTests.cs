using LlmCascade.Escalation;
using LlmCascade.Testing;
using LlmCascade.Tests.Escalation;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Telemetry;

/// <summary>What is told about tiers that run beside the expert.</summary>
[Collection(nameof(ListeningToSpans))]
public sealed class ShadowTelemetryTests : IDisposable
{
    private readonly AddendumRecorder _addenda = new();
    private readonly FakeLogger _log = new();
    private readonly Meters _meters = new();

    public void Dispose() => _meters.Dispose();

    [Fact]
    public async Task The_tiers_have_a_span_of_their_own_below_the_request()
    {
        using var recorder = new SpanRecorder();

        await Shadowing().RunAsync(Question);
        await _addenda.NextAsync();

        var spans = recorder.Finish();
        var request = spans.Named("invoke_workflow geography");
        Assert.Equal(
            ["  expert expert", "  shadow geography", "    tier small"],
            spans.Below(recorder.Caller).Skip(1).Order(StringComparer.Ordinal).OrderBy(name => name.TrimStart()));
        Assert.Equal("expert", request.GetTagItem("llmcascade.answered_by"));
        var shadow = spans.Named("shadow geography");
        Assert.Equal(true, shadow.GetTagItem("llmcascade.shadow"));
        Assert.Equal(request.GetTagItem("llmcascade.episode.id"), shadow.GetTagItem("llmcascade.episode.id"));
        Assert.Equal(3L, shadow.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(10L, request.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal([("llmcascade.deferral", "keep", "kept", null)], spans.Named("tier small").Evaluations());
    }

    [Fact]
    public async Task What_the_tiers_use_is_measured_apart_and_is_no_request()
    {
        await Shadowing().RunAsync(Question);
        await _addenda.NextAsync();

        var request = Assert.Single(_meters.Measurements, each => each.Instrument == "llmcascade.request.duration");
        Assert.DoesNotContain("llmcascade.shadow", request.Tags.Keys);
        Assert.Equal(
            [("expert, -, input", 10), ("expert, -, output", 1), ("small, True, input", 3), ("small, True, output", 1)],
            _meters.Sums("llmcascade.token.usage", "llmcascade.attempt.name", "llmcascade.shadow", "gen_ai.token.type").Order());
    }

    [Fact]
    public async Task A_request_without_a_place_for_its_shadow_is_counted()
    {
        var never = new ScriptedReply("Lyon") { NeverEnds = true };
        var cascade = Shadowing(never);

        await cascade.RunAsync(Question);
        await cascade.RunAsync(Question);
        using (new CascadeChatClient(cascade))
        {
            // Disposing the client ends the shadow that is still running.
        }

        await _addenda.NextAsync();

        Assert.Equal([("geography", 1)], _meters.Sums("llmcascade.shadows.skipped", "llmcascade.cascade.name"));
    }

    [Fact]
    public async Task Its_end_and_a_switched_mode_are_logged()
    {
        var cascade = Shadowing();

        await cascade.RunAsync(Question);
        await _addenda.NextAsync();
        cascade.Mode = CascadeMode.Shadow;
        cascade.Mode = CascadeMode.Normal;

        var records = _log.Collector.GetSnapshot();
        Assert.Single(records, record => record.Id.Id == 7);
        Assert.Single(records, record => record.Id.Id == 10);
        var switched = Assert.Single(records, record => record.Id.Id == 11);
        Assert.Equal(LogLevel.Information, switched.Level);
        Assert.Equal("Normal", switched.GetStructuredStateValue("Mode"));
    }

    private Cascade Shadowing(ScriptedReply? reply = null) => new(
        [Tier("small", reply ?? new ScriptedReply("Paris").WithUsage(3, 1))],
        Expert(new ScriptedReply("Paris").WithUsage(10, 1)),
        new CascadeSettings
        {
            Name = "geography",
            Mode = CascadeMode.Shadow,
            ShadowLimit = 1,
            OnAddendum = _addenda.Add,
            Logger = _log,
            MeterFactory = _meters.Factory,
        });
}
