using System.Text.Json;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Faces;

public sealed class TraceTests
{
    [Fact]
    public async Task A_trace_says_for_each_attempt_what_was_decided_why_and_what_it_cost()
    {
        var unsure = new ScriptedReply("Lyon?") { Confidence = Confidence.Measured(0.5, sampleCount: 3) }.WithUsage(1000, 10);
        var small = new Tier("small", new ScriptedGenerator(unsure), new ThresholdPolicy(0.5))
        {
            Prices = new Prices(inputPerMillion: 1, outputPerMillion: 10),
        };
        var explored = new Tier("explored", small.Generator, new ExplorationPolicy(small.Policy, 1));
        var episodes = new EpisodeRecorder();
        var cascade = new Cascade([explored], new Expert(small.Generator), new CascadeSettings { OnEpisode = episodes.Record });

        var trace = (await new CascadeChatClient(cascade).GetResponseAsync("Capital?")).GetCascadeTrace()!;

        Assert.Equal((1, episodes.Only.Id, "expert", false), (trace.Version, trace.EpisodeId, trace.AnsweredBy, trace.IsAbstained));
        Assert.Equal(["explored", "expert"], trace.Attempts.Select(attempt => attempt.Name));
        var first = trace.Attempts[0];
        Assert.Equal(AttemptRole.Tier, first.Role);
        Assert.Equal((Decision.DeferToExpert, DeferralReasons.Explored, 1.0), (first.Decision, first.Reason, first.Probability));
        Assert.Equal((0.5, ConfidenceSource.Measured, 3), (first.Confidence, first.ConfidenceSource, first.SampleCount));
        Assert.Equal((1000, 10, UsageState.Reported), (first.InputTokens, first.OutputTokens, first.UsageState));
        Assert.Null(first.Cost);
        Assert.Equal(Decision.Keep, trace.Attempts[1].Decision);
        Assert.True(trace.IsCostIncomplete);
        Assert.Null(trace.Cost);
        Assert.False(trace.IsUsageIncomplete);
    }

    [Fact]
    public async Task Known_costs_add_up()
    {
        var prices = new Prices(perCall: 0.25m);
        var cascade = new Cascade(
            [new Tier("small", new ScriptedGenerator("Lyon?"), DeferAll) { Prices = prices }],
            new Expert(new ScriptedGenerator("Paris")) { Prices = prices });

        var trace = (await new CascadeChatClient(cascade).GetResponseAsync("Capital?")).GetCascadeTrace()!;

        Assert.Equal((0.5m, false), (trace.Cost, trace.IsCostIncomplete));
    }

    [Fact]
    public async Task An_abstention_shows()
    {
        var cascade = new Cascade([], new Expert(new ScriptedGenerator("Paris?")) { Policy = DeferAll });

        var trace = (await new CascadeChatClient(cascade).GetResponseAsync("Capital?")).GetCascadeTrace()!;

        Assert.True(trace.IsAbstained);
        Assert.Equal("expert", trace.AnsweredBy);
        Assert.Equal(Decision.Abstain, trace.Attempts[0].Decision);
    }

    [Fact]
    public async Task Nested_attempts_show_inside_their_parent()
    {
        var inner = new Cascade([Tier("inner-small", "Lyon?", DeferAll)], Expert("Paris"));

        var trace = (await new CascadeChatClient(new Cascade([new Tier("inner", inner, KeepAll)], Expert("x")))
            .GetResponseAsync("Capital?")).GetCascadeTrace()!;

        Assert.Equal(["inner-small", "expert"], Assert.Single(trace.Attempts).Children!.Select(child => child.Name));
    }

    [Fact]
    public async Task A_trace_is_a_string_without_any_content_of_request_or_answer()
    {
        var cascade = new Cascade([Tier("small", ScriptedReply.Throws(new IOException("secret-failure")))], Expert("secret-answer"));

        var response = await new CascadeChatClient(cascade).GetResponseAsync("secret-question");

        var json = Assert.IsType<string>(response.Messages[0].AdditionalProperties!["llmcascade.trace"]);
        Assert.DoesNotContain("secret", json, StringComparison.Ordinal);
        using var document = JsonDocument.Parse(json);
        Assert.Equal("failed", document.RootElement.GetProperty("attempts")[0].GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_trace_is_found_on_the_response_and_as_a_json_element_too()
    {
        var json = (await new CascadeChatClient(new Cascade([], Expert("Paris"))).GetResponseAsync("Capital?"))
            .Messages[0].AdditionalProperties!["llmcascade.trace"];
        var element = JsonSerializer.SerializeToElement((string)json!);

        var onResponse = new ChatResponse { AdditionalProperties = new() { ["llmcascade.trace"] = json } };
        var cached = new ChatResponse(new ChatMessage { AdditionalProperties = new() { ["llmcascade.trace"] = element } });

        Assert.Equal("expert", onResponse.GetCascadeTrace()?.AnsweredBy);
        Assert.Equal("expert", cached.GetCascadeTrace()?.AnsweredBy);
        Assert.Single(onResponse.GetCascadeTraces());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("""{"version":2,"episodeId":"x","answeredBy":"y","attempts":[]}""")]
    public void What_is_no_trace_of_this_version_is_not_read(string? value)
    {
        var response = new ChatResponse(new ChatMessage { AdditionalProperties = new() { ["llmcascade.trace"] = value } });

        Assert.Null(response.GetCascadeTrace());
        Assert.Empty(response.GetCascadeTraces());
        Assert.Null(new ChatResponse().GetCascadeTrace());
        Assert.Null(new ChatResponseUpdate().GetCascadeTrace());
    }
}
