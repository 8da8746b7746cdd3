using System.Diagnostics;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Telemetry;
using LlmCascade.Testing;
using LlmCascade.Tests.Middleware;
using LlmCascade.Tests.Registration;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Telemetry;

[Collection(nameof(ListeningToSpans))]
public sealed class ContentTests
{
    private const string Marker = "PRIVATE";

    private static readonly ChatMessage[] _messages =
    [
        new(ChatRole.System, Marker + " instructions"),
        new(ChatRole.User, Marker + " question"),
    ];

    [Theory]
    [InlineData(Mode.Buffered, false)]
    [InlineData(Mode.Buffered, true)]
    [InlineData(Mode.Streaming, false)]
    [InlineData(Mode.Streaming, true)]
    public async Task By_default_nothing_that_was_asked_answered_or_thrown_is_told(Mode mode, bool fails)
    {
        var told = await RunAsync(mode, fails, enableSensitiveData: null);

        Assert.Contains(told, text => text.Contains("small", StringComparison.Ordinal));
        Assert.Contains(told, text => text.Contains("failed", StringComparison.Ordinal));
        Assert.DoesNotContain(told, text => text.Contains(Marker, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Mode.Buffered)]
    [InlineData(Mode.Streaming)]
    public async Task Where_the_host_wants_content_spans_and_logs_tell_it(Mode mode)
    {
        var told = await RunAsync(mode, fails: true, enableSensitiveData: true);

        foreach (var part in new[] { "instructions", "question", "rejected", "argument", "down", "gone" })
        {
            Assert.Contains(told, text => text.Contains($"{Marker} {part}", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Content_is_written_as_the_conventions_want_it()
    {
        using var recorder = new SpanRecorder();
        var reply = new ScriptedReply("«Paris»")
        {
            Contents = [new FunctionCallContent("c-1", "map", new Dictionary<string, object?> { ["city"] = "Paris", ["zoom"] = 3 })],
            FinishReason = ChatFinishReason.ToolCalls,
        };
        var request = new GenerationRequest(
        [
            new(ChatRole.User, [new TextContent("Where?"), new UriContent("https://example.org/a.png", "image/png")]),
            new(ChatRole.Assistant, [new FunctionCallContent("c-0", "locate")]),
            new(ChatRole.Tool, [new FunctionResultContent("c-0", new Dictionary<string, object?> { ["found"] = true })]),
            new(ChatRole.Tool, [new FunctionResultContent("c-2", typeof(string))]),
        ]);

        await new Cascade([], Expert(reply), new CascadeSettings { EnableSensitiveData = true }).RunAsync(request);

        var spans = recorder.Finish();
        Assert.Equal(
            """
            [{"role":"user","parts":[{"type":"text","content":"Where?"},{"type":"UriContent"}]},
            {"role":"assistant","parts":[{"type":"tool_call","id":"c-0","name":"locate","arguments":null}]},
            {"role":"tool","parts":[{"type":"tool_call_response","id":"c-0","response":{"found":true}}]},
            {"role":"tool","parts":[{"type":"tool_call_response","id":"c-2","response":null}]}]
            """.ReplaceLineEndings(""),
            spans.Named("invoke_workflow LlmCascade").GetTagItem("gen_ai.input.messages"));
        Assert.Equal(
            """
            [{"role":"assistant","parts":[{"type":"text","content":"«Paris»"},
            {"type":"tool_call","id":"c-1","name":"map","arguments":{"city":"Paris","zoom":3}}],"finish_reason":"tool_call"}]
            """.ReplaceLineEndings(""),
            spans.Named("expert expert").GetTagItem("gen_ai.output.messages"));
    }

    [Fact]
    public async Task A_content_that_is_null_is_passed_over()
    {
        using var recorder = new SpanRecorder();
        var reply = new ScriptedReply("Paris") { Contents = [null!] };

        var (answer, _) = await new Cascade([], Expert(reply), new CascadeSettings { EnableSensitiveData = true }).RunAsync(
            new GenerationRequest([new(ChatRole.User, [null!, new TextContent("Where?")])]));

        Assert.Equal("Paris", answer.Response.Text);
        Assert.Equal(
            """[{"role":"user","parts":[{"type":"text","content":"Where?"}]}]""",
            recorder.Finish().Named("invoke_workflow LlmCascade").GetTagItem("gen_ai.input.messages"));
    }

    [Theory]
    [InlineData(null, null, false)]
    [InlineData(null, "true", true)]
    [InlineData("TRUE", null, true)]
    [InlineData("true", "false", false)]
    [InlineData("1", null, false)]
    public void Code_configuration_or_the_environment_switch_content_on(string? environment, string? configured, bool expected)
    {
        Environment.SetEnvironmentVariable(CascadeTelemetry.CaptureContentVariable, environment);
        try
        {
            Assert.Equal(environment is "true" or "TRUE", new CascadeSettings().EnableSensitiveData);
            using var services = Starting.BuildServices(
                each =>
                {
                    each.AddChatClient(Starting.Client());
                    each.AddLlmCascade(cascade => cascade.AddTier("small", tier => tier.UseChatClient(Starting.Client()).KeepWhenValid()));
                },
                ("LlmCascade:EnableSensitiveData", configured));

            Assert.Equal(expected, services.Cascade().Cascade.Settings.EnableSensitiveData);
        }
        finally
        {
            Environment.SetEnvironmentVariable(CascadeTelemetry.CaptureContentVariable, null);
        }
    }

    // A request that a tier answers badly, where another one calls a tool, one fails, and the expert may fail too.
    private static async Task<List<string>> RunAsync(Mode mode, bool fails, bool? enableSensitiveData)
    {
        using var recorder = new SpanRecorder();
        using var meters = new Meters();
        var log = new FakeLogger();
        var settings = new CascadeSettings { Logger = log, MeterFactory = meters.Factory, RestAfterFailures = 1 };
        if (enableSensitiveData is { } isEnabled)
        {
            settings = settings with { EnableSensitiveData = isEnabled };
        }

        var call = ScriptedReply.Calls("map", new Dictionary<string, object?> { ["city"] = Marker + " argument" });
        var gone = ScriptedReply.Throws(new InvalidOperationException(Marker + " gone", new IOException(Marker + " inside")));
        var client = new CascadeChatClient(new Cascade(
            [
                Tier("small", Marker + " rejected", DeferAll),
                Tier("caller", call, DeferralPolicy.DeferWhen((_, _) => true, "deferred")),
                Tier("broken", ScriptedReply.Throws(new IOException(Marker + " down"))),
            ],
            Expert(fails ? gone : new ScriptedReply(Marker + " answer")),
            settings));
        try
        {
            _ = mode == Mode.Buffered
                ? await client.GetResponseAsync(_messages)
                : await client.GetStreamingResponseAsync(_messages).ToChatResponseAsync();
            Assert.False(fails);
        }
        catch (CascadeException)
        {
            Assert.True(fails);
        }

        return
        [
            .. recorder.Finish().SelectMany(TextsOf),
            .. meters.Measurements.SelectMany(each => each.Tags).Select(tag => $"{tag.Key}: {tag.Value}"),
            .. log.Collector.GetSnapshot().SelectMany(
                each => each.StructuredState!.Select(pair => pair.Value).Append(each.Message).Append($"{each.Exception}")).OfType<string>(),
        ];
    }

    private static IEnumerable<string> TextsOf(Activity span) =>
    [
        span.DisplayName,
        span.OperationName,
        $"{span.StatusDescription}",
        .. span.TagObjects.Concat(span.Events.SelectMany(each => each.Tags)).Concat(span.Baggage.Select(
            each => KeyValuePair.Create<string, object?>(each.Key, each.Value))).Select(tag => $"{tag.Key}: {tag.Value}"),
        .. span.Events.Select(each => each.Name),
    ];
}
