using LlmCascade.Deferral;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Middleware;

public sealed class StructuredOutputTests
{
    private const string Fitting = """{"name":"Paris","population":2100000}""";

    private readonly ScriptedChatClient _expert = Scripted(Fitting);

    [Theory]
    [InlineData("Paris, with 2.1 million people", DeferralReasons.InvalidJson)]
    [InlineData("""{"name":"Paris","population":2100""", DeferralReasons.InvalidJson)]
    [InlineData("""{"name":"Paris","population":"many"}""", DeferralReasons.SchemaMismatch)]
    [InlineData("""{"name":"Paris"}""", DeferralReasons.SchemaMismatch)]
    public async Task An_answer_that_does_not_fit_is_deferred_and_the_experts_is_returned(string answer, string reason)
    {
        using var pipelines = new Pipelines(Scripted(answer), _expert);

        var response = await pipelines.With(outside => outside).GetResponseAsync<City>("Which is the capital of France?");

        Assert.Equal(new City("Paris", 2_100_000), response.Result);
        var trace = response.GetCascadeTrace();
        Assert.Equal("expert", trace?.AnsweredBy);
        Assert.Equal(reason, trace?.Attempts[0].Reason);
    }

    [Fact]
    public async Task An_answer_that_fits_is_kept()
    {
        using var pipelines = new Pipelines(Scripted("""{"name":"Lyon","population":520000}"""), _expert);

        var response = await pipelines.With(outside => outside).GetResponseAsync<City>("Which is the second city of France?");

        Assert.Equal(new City("Lyon", 520_000), response.Result);
        Assert.Equal("local", response.GetCascadeTrace()?.AnsweredBy);
        Assert.Empty(_expert.Calls);
    }

    [Fact]
    public async Task Tier_and_expert_are_asked_for_the_same_schema()
    {
        var local = Scripted("no JSON");
        using var pipelines = new Pipelines(local, _expert);

        await pipelines.With(outside => outside).GetResponseAsync<City>("Which is the capital of France?");

        var asked = Assert.IsType<ChatResponseFormatJson>(local.Calls[0].Options?.ResponseFormat);
        Assert.Contains("population", asked.Schema.ToString(), StringComparison.Ordinal);
        Assert.Same(asked, _expert.Calls[0].Options?.ResponseFormat);
    }

    [Fact]
    public async Task It_works_together_with_function_invocation()
    {
        var local = Scripted(ScriptedReply.Calls("capital"), """{"name":""");
        using var pipelines = new Pipelines(local, _expert);
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create(() => "Paris", "capital")] };

        var response = await pipelines.With(outside => outside.UseFunctionInvocation())
            .GetResponseAsync<City>("Which is the capital of France?", options);

        Assert.Equal("Paris", response.Result.Name);
        Assert.Equal(["local", "expert"], response.GetCascadeTraces().Select(trace => trace.AnsweredBy));
    }

    private static ScriptedChatClient Scripted(params IReadOnlyList<ScriptedReply> replies) => new(replies);

    private sealed record City(string Name, int Population);
}
