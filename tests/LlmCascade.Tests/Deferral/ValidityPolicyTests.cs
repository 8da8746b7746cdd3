using System.ComponentModel;
using System.Text.Json;
using LlmCascade.Deferral;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Deferral;

public sealed class ValidityPolicyTests
{
    private static readonly IDeferralPolicy _policy =
        DeferralPolicy.FirstDecisive(ValidityPolicy.Instance, DeferralPolicy.KeepTheRest());

    private static readonly AIFunction _forecast = AIFunctionFactory.Create(
        (string city, int days, string? unit = null) => $"{city} {days} {unit}", "forecast");

    private static readonly ChatOptions _json = new() { ResponseFormat = ChatResponseFormat.Json };

    private static readonly ChatOptions _city = new() { ResponseFormat = ChatResponseFormat.ForJsonSchema<City>() };

    private static readonly ChatOptions _tools = new() { Tools = [_forecast] };

    public enum Size
    {
        Small,
        Large,
    }

    [Fact]
    public async Task Text_is_valid_when_nothing_else_was_asked_for()
    {
        Assert.Equal(DeferralReasons.Valid, await ReasonAsync("Lyon"));
        Assert.Equal(DeferralReasons.Valid, await ReasonAsync("Lyon", new ChatOptions()));
        Assert.Equal(DeferralReasons.Valid, await ReasonAsync("Lyon", new() { ResponseFormat = ChatResponseFormat.Text }));
    }

    [Fact]
    public async Task It_keeps_nothing_itself()
    {
        Assert.False(ValidityPolicy.Instance.CanKeep);
        Assert.Equal(Verdict.NoOpinion, await ValidityPolicy.Instance.JudgeAsync(Question, "Lyon"));
    }

    [Fact]
    public async Task An_answer_that_was_cut_is_deferred_with_or_without_options()
    {
        var truncated = new ScriptedReply("Ly") { FinishReason = ChatFinishReason.Length };
        var filtered = new ScriptedReply("Ly") { FinishReason = ChatFinishReason.ContentFilter };

        Assert.Equal(DeferralReasons.Truncated, await ReasonAsync(truncated));
        Assert.Equal(DeferralReasons.Truncated, await ReasonAsync(truncated, _json));
        Assert.Equal(DeferralReasons.ContentFilter, await ReasonAsync(filtered));
        Assert.Equal(DeferralReasons.ContentFilter, await ReasonAsync(filtered, _json));
    }

    [Fact]
    public async Task An_answer_of_which_nobody_says_why_it_ended_is_valid() =>
        Assert.Equal(DeferralReasons.Valid, await ReasonAsync(new ScriptedReply("Lyon") { FinishReason = null }));

    [Fact]
    public async Task A_deferral_carries_the_confidence_that_did_not_help()
    {
        var reply = new ScriptedReply("Ly") { FinishReason = ChatFinishReason.Length, Confidence = Confidence.Measured(1) };

        Assert.Equal(Verdict.Defer(DeferralReasons.Truncated, Confidence.Measured(1)), await _policy.JudgeAsync(Question, reply));
    }

    [Theory]
    [InlineData("""{ "a": [1, 2.5, null] }""", DeferralReasons.Valid)]
    [InlineData("\"Lyon\"", DeferralReasons.Valid)]
    [InlineData(" 7 ", DeferralReasons.Valid)]
    [InlineData("Lyon", DeferralReasons.InvalidJson)]
    [InlineData("""{ "a": 1""", DeferralReasons.InvalidJson)]
    [InlineData("""{ "a": 1 } Done.""", DeferralReasons.InvalidJson)]
    [InlineData("""{ 'a': 1 }""", DeferralReasons.InvalidJson)]
    [InlineData("```json\n{ \"a\": 1 }\n```", DeferralReasons.InvalidJson)]
    public async Task Where_json_was_asked_for_the_answer_is_json(string text, string reason) =>
        Assert.Equal(reason, await ReasonAsync(text, _json));

    [Fact]
    public async Task Text_that_is_no_text_is_no_json() =>
        Assert.Equal(DeferralReasons.InvalidJson, await ReasonAsync("\"\ud83d\"", _json));

    [Fact]
    public async Task An_image_alone_is_no_json()
    {
        var reply = new ScriptedReply { Contents = [new DataContent(new byte[] { 1 }, "image/png")] };

        Assert.Equal(DeferralReasons.InvalidJson, await ReasonAsync(reply, _json));
        Assert.Equal(DeferralReasons.Valid, await ReasonAsync(reply));
    }

    [Theory]
    [InlineData("""{ "name": "Lyon", "inhabitants": 500000, "size": "Large" }""", DeferralReasons.Valid)]
    [InlineData("""{ "name": "Lyon", "inhabitants": null, "size": "Small" }""", DeferralReasons.Valid)]
    [InlineData("""{ "name": "Lyon", "inhabitants": "many", "size": "Large" }""", DeferralReasons.SchemaMismatch)]
    [InlineData("""{ "name": "Lyon", "inhabitants": 500000, "size": "Huge" }""", DeferralReasons.SchemaMismatch)]
    [InlineData("""{ "inhabitants": 500000, "size": "Large" }""", DeferralReasons.SchemaMismatch)]
    [InlineData("[]", DeferralReasons.SchemaMismatch)]
    [InlineData("Lyon", DeferralReasons.InvalidJson)]
    public async Task Where_a_schema_was_asked_for_the_answer_fits_it(string text, string reason) =>
        Assert.Equal(reason, await ReasonAsync(text, _city));

    [Fact]
    public async Task An_object_that_was_serialised_fits_the_schema_of_its_type()
    {
        var text = JsonSerializer.Serialize(new City("Lyon", 500_000, Size.Large), AIJsonUtilities.DefaultOptions);

        Assert.Equal(DeferralReasons.Valid, await ReasonAsync(text, _city));
    }

    [Fact]
    public async Task Chunks_of_json_are_one_text() =>
        Assert.Equal(DeferralReasons.Valid, await ReasonAsync(new ScriptedReply("{ \"name\": \"Ly", "on\" }"), _json));

    [Fact]
    public async Task Reasoning_before_the_json_is_not_part_of_it()
    {
        var reply = new ScriptedReply("{}") { Contents = [new TextReasoningContent("The user wants JSON.")] };

        Assert.Equal(DeferralReasons.Valid, await ReasonAsync(reply, _json));
    }

    [Theory]
    [InlineData("""{ "city": "Oslo", "days": 3 }""", DeferralReasons.Valid)]
    [InlineData("""{ "city": "Oslo", "days": 3, "unit": null }""", DeferralReasons.Valid)]
    [InlineData("""{ "city": "Oslo", "days": 3, "unit": "C" }""", DeferralReasons.Valid)]
    [InlineData("""{ "city": "Oslo", "days": "three" }""", DeferralReasons.InvalidToolArguments)]
    [InlineData("""{ "city": ["Oslo"], "days": 3 }""", DeferralReasons.InvalidToolArguments)]
    [InlineData("""{ "city": "Oslo", "days": 3.5 }""", DeferralReasons.InvalidToolArguments)]
    [InlineData("""{ "city": "Oslo" }""", DeferralReasons.InvalidToolArguments)]
    [InlineData("{}", DeferralReasons.InvalidToolArguments)]
    public async Task The_arguments_of_a_tool_call_fit_the_tools_schema(string arguments, string reason) =>
        Assert.Equal(reason, await ReasonAsync(Call("forecast", arguments), _tools));

    [Fact]
    public async Task Arguments_may_be_objects_of_net_too()
    {
        var valid = new Dictionary<string, object?> { ["city"] = "Oslo", ["days"] = 3 };
        var invalid = new Dictionary<string, object?> { ["city"] = "Oslo", ["days"] = new[] { 3 } };

        Assert.Equal(DeferralReasons.Valid, await ReasonAsync(ScriptedReply.Calls("forecast", valid), _tools));
        Assert.Equal(
            DeferralReasons.InvalidToolArguments, await ReasonAsync(ScriptedReply.Calls("forecast", invalid), _tools));
    }

    [Fact]
    public async Task A_call_without_arguments_lacks_those_that_are_required()
    {
        var clock = new ChatOptions { Tools = [AIFunctionFactory.Create(() => "noon", "clock")] };

        Assert.Equal(DeferralReasons.InvalidToolArguments, await ReasonAsync(ScriptedReply.Calls("forecast"), _tools));
        Assert.Equal(DeferralReasons.Valid, await ReasonAsync(ScriptedReply.Calls("clock"), clock));
    }

    [Fact]
    public async Task Arguments_that_nobody_could_read_are_invalid_whatever_the_tool()
    {
        var call = new FunctionCallContent("1", "elsewhere") { Exception = new JsonException("half an object") };
        var reply = new ScriptedReply { Contents = [call], FinishReason = ChatFinishReason.ToolCalls };

        Assert.Equal(DeferralReasons.InvalidToolArguments, await ReasonAsync(reply, _tools));
        Assert.Equal(DeferralReasons.InvalidToolArguments, await ReasonAsync(reply, new ChatOptions()));
    }

    [Fact]
    public async Task One_invalid_call_among_several_is_enough()
    {
        var reply = new ScriptedReply("Let me see.")
        {
            Contents = [.. Call("forecast", """{ "city": "Oslo", "days": 3 }""").Contents, .. Call("forecast", "{}").Contents],
        };

        Assert.Equal(DeferralReasons.InvalidToolArguments, await ReasonAsync(reply, _tools));
    }

    [Fact]
    public async Task About_a_tool_that_is_not_among_the_options_nothing_is_certain()
    {
        Assert.Equal(DeferralReasons.Valid, await ReasonAsync(Call("elsewhere", "{}"), _tools));
        Assert.Equal(DeferralReasons.Valid, await ReasonAsync(Call("forecast", "{}"), new ChatOptions()));
        Assert.Equal(DeferralReasons.Valid, await ReasonAsync(Call("forecast", "{}")));
    }

    [Fact]
    public async Task About_arguments_that_are_no_json_nothing_is_certain()
    {
        var endless = new List<object>();
        endless.Add(endless);
        object[] values = [() => 1, endless, double.NaN];

        foreach (var value in values)
        {
            var call = ScriptedReply.Calls("forecast", new Dictionary<string, object?> { ["city"] = value });
            Assert.Equal(DeferralReasons.Valid, await ReasonAsync(call, _tools));
        }
    }

    [Fact]
    public async Task An_answer_that_calls_tools_needs_no_json()
    {
        var options = new ChatOptions { Tools = [_forecast], ResponseFormat = ChatResponseFormat.Json };
        var call = Call("forecast", """{ "city": "Oslo", "days": 3 }""");

        Assert.Equal(DeferralReasons.Valid, await ReasonAsync(call, options));
        Assert.Equal(DeferralReasons.Valid, await ReasonAsync(new ScriptedReply("Let me look.") { Contents = call.Contents }, options));
        Assert.Equal(
            DeferralReasons.InvalidToolArguments, await ReasonAsync(Call("forecast", "{}"), options));
    }

    [Fact]
    public void An_unfinished_answer_is_not_judged() =>
        Assert.Equal(Verdict.NoOpinion, ((IDeferralPolicy)ValidityPolicy.Instance).During(Question, new ConfidenceRange(0, 0)));

    private static async Task<string> ReasonAsync(ScriptedReply reply, ChatOptions? options = null) =>
        (await _policy.JudgeAsync(new(Question.Messages, options), reply)).Reason;

    private static ScriptedReply Call(string name, string arguments) =>
        ScriptedReply.Calls(name, JsonSerializer.Deserialize<Dictionary<string, object?>>(arguments));

    [Description("A city of the world")]
    public sealed record City(string Name, int? Inhabitants, Size Size);
}
