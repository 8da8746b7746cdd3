using System.Text.Json;
using LlmCascade.Steps;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class StepValidatorTests : ValidatorTest
{
    private const string Schema = """{ "type": "object", "properties": { "eggs": { "type": "integer" } }, "required": ["eggs"] }""";

    [Theory]
    [InlineData("She has 13 eggs.", "she has 13 EGGS!", true)]
    [InlineData("She has 13 eggs.", "She has 12 eggs.", false)]
    [InlineData("Thought: a\nAction: search[x]", "Thought: b\nAction: Search [x]", true)]
    [InlineData("Thought: a\nAction: search\nAction Input: x", "Thought: a\nAction: search\nAction Input: y", false)]
    [InlineData("Thought: a", "Thought: a\nAction: search[x]", false)]
    [InlineData("...", "!!!", false)]
    public void A_step_that_was_accepted_before_is_repeated(string accepted, string text, bool isRepeated)
    {
        var request = AfterSteps(new ReasoningStep("First.", "small"), new ReasoningStep(accepted, "small"));

        var check = Check(StepIntrospector.RepeatedAction, request, Step(text));

        AssertFlaw(isRepeated, StepReasons.RepeatedAction, check);
        Assert.Equal(isRepeated ? "step 2 is the same" : null, check.Explanation);
    }

    [Fact]
    public void A_call_with_the_same_arguments_is_repeated()
    {
        var request = After(Called(Call("search", """{ "q": "eggs", "n": 1 }""")), Result("12"));

        AssertFlaw(StepReasons.RepeatedAction, Check(StepIntrospector.RepeatedAction, request, Calls(Call("search", """{ "n": 1, "q": "eggs" }"""))));
        AssertNothing(Check(StepIntrospector.RepeatedAction, request, Calls(Call("search", """{ "q": "eggs", "n": 2 }"""))));
        AssertNothing(Check(StepIntrospector.RepeatedAction, request, Calls(Call("count", """{ "q": "eggs", "n": 1 }"""))));
        AssertNothing(Check(StepIntrospector.RepeatedAction, request, Step("12 eggs")));
    }

    [Fact]
    public void A_call_that_failed_is_repeated_too()
    {
        var request = After(Called(Call("search")), Result(null, new TimeoutException()));

        AssertFlaw(StepReasons.RepeatedAction, Check(StepIntrospector.RepeatedAction, request, Calls(Call("count"), Call("search"))));
    }

    [Fact]
    public void A_call_before_the_user_spoke_is_not_repeated()
    {
        var request = After(Called(Call("search")), Result("12"), new ChatMessage(ChatRole.User, "And now?"));

        AssertNothing(Check(StepIntrospector.RepeatedAction, request, Calls(Call("search"))));
    }

    [Fact]
    public void Arguments_that_are_no_json_are_not_compared()
    {
        var odd = new FunctionCallContent("1", "search", new Dictionary<string, object?> { ["q"] = double.NaN });

        AssertNothing(Check(StepIntrospector.RepeatedAction, After(Called(odd), Result("12")), Calls(odd)));
    }

    [Theory]
    [InlineData("Error: no such city", true)]
    [InlineData(" error", true)]
    [InlineData("""{ "error": "no such city" }""", true)]
    [InlineData("""{ "isError": true, "text": "" }""", true)]
    [InlineData("""{ "error": null, "eggs": 12 }""", false)]
    [InlineData("""{ "error": "" }""", false)]
    [InlineData("""{ "error": {}, "eggs": [ { "error": "x" } ] }""", false)]
    [InlineData("""{ "error": 0 }""", false)]
    [InlineData("""{ "error": """, false)]
    [InlineData("Errors: 0", false)]
    [InlineData("error-free", false)]
    [InlineData("12 eggs, and no error", false)]
    [InlineData("", false)]
    public void A_step_behind_an_action_that_failed_is_suspect(string result, bool hasFailed)
    {
        AssertFlaw(hasFailed, StepReasons.ToolError, Check(StepIntrospector.ToolError, After(Called(Call("search")), Result(result)), Step("12 eggs")));
        AssertFlaw(
            hasFailed, StepReasons.ToolError, Check(StepIntrospector.ToolError, AfterSteps(new ReasoningStep("Look.", "small") { Observation = result }), Step("12 eggs")));
        AssertFlaw(
            hasFailed, StepReasons.ToolError,
            Check(StepIntrospector.ToolError, After(Called(Call("search")), Result(JsonSerializer.SerializeToElement(result))), Step("12 eggs")));
    }

    [Fact]
    public void An_exception_is_a_failure_and_only_the_latest_results_count()
    {
        var failed = After(Called(Call("a"), Call("b")), Result("12"), Result(null, new TimeoutException()));
        var passed = After(Called(Call("a")), Result("Error"), Called(Call("b")), Result("12"));
        var asked = After(Called(Call("a")), Result("Error"), new ChatMessage(ChatRole.User, "And now?"));

        AssertFlaw(StepReasons.ToolError, Check(StepIntrospector.ToolError, failed, Step("12 eggs")));
        AssertNothing(Check(StepIntrospector.ToolError, passed, Step("12 eggs")));
        AssertNothing(Check(StepIntrospector.ToolError, asked, Step("12 eggs")));
        AssertNothing(Check(StepIntrospector.ToolError, Question, Step("12 eggs")));
        AssertNothing(Check(StepIntrospector.EmptyObservation, failed, Step("12 eggs")));
    }

    [Theory]
    [InlineData("", true)]
    [InlineData(" \n", true)]
    [InlineData("[]", true)]
    [InlineData("{ }", true)]
    [InlineData("null", true)]
    [InlineData("No results.", true)]
    [InlineData("Not found", true)]
    [InlineData("[0]", false)]
    [InlineData("0", false)]
    [InlineData("Not found in Oslo, but in Rome", false)]
    public void A_step_behind_an_action_that_brought_nothing_is_suspect(string result, bool isEmpty)
    {
        AssertFlaw(isEmpty, StepReasons.EmptyObservation, Check(StepIntrospector.EmptyObservation, After(Called(Call("search")), Result(result)), Step("12 eggs")));
        AssertFlaw(
            isEmpty, StepReasons.EmptyObservation,
            Check(StepIntrospector.EmptyObservation, AfterSteps(new ReasoningStep("Look.", "small") { Observation = result }), Step("12 eggs")));
    }

    [Fact]
    public void Results_need_not_be_texts()
    {
        object?[] empty = [null, Array.Empty<int>(), new List<string>(), JsonSerializer.SerializeToElement(Array.Empty<int>()), default(JsonElement), new TextContent("")];
        object?[] full = [12, new object(), new[] { 1 }, JsonSerializer.SerializeToElement("\ud83d12"), JsonDocument.Parse("\"\\ud800\"").RootElement];

        Assert.All(empty, result => AssertFlaw(StepReasons.EmptyObservation, CheckResult(result)));
        Assert.All(full, result => AssertNothing(CheckResult(result)));

        StepCheck CheckResult(object? result) => Check(StepIntrospector.EmptyObservation, After(Called(Call("search")), Result(result)), Step("12 eggs"));
    }

    [Fact]
    public void A_step_without_an_observation_brought_nothing_that_is_missed() =>
        AssertNothing(Check(StepIntrospector.EmptyObservation, AfterSteps(new ReasoningStep("Look.", "small")), Step("12 eggs")));

    [Theory]
    [InlineData("""{ "eggs": 12 }""", false)]
    [InlineData("""{ "eggs": "12" }""", true)]
    [InlineData("{}", true)]
    [InlineData("12 eggs", true)]
    [InlineData("", true)]
    [InlineData("\"\ud83d\"", true)]
    public void The_text_of_a_step_fits_the_schema(string text, bool isFlaw) =>
        AssertFlaw(isFlaw, StepReasons.SchemaMismatch, Check(Validator(Schema), Question, Step(text)));

    [Fact]
    public void The_arguments_of_each_call_fit_the_schema()
    {
        var unread = new FunctionCallContent("1", "count") { Exception = new JsonException() };

        AssertNothing(Check(Validator(Schema), Question, Calls(Call("count", """{ "eggs": 12 }"""))));
        AssertFlaw(StepReasons.SchemaMismatch, Check(Validator(Schema), Question, Calls(Call("count", """{ "eggs": 12 }"""), Call("count"))));
        AssertFlaw(StepReasons.SchemaMismatch, Check(Validator(Schema), Question, Calls(unread)));
    }

    [Fact]
    public void Every_schema_has_its_own_id_and_outlives_its_document()
    {
        Assert.Equal(Validator(Schema).Id, Validator(Schema).Id);
        Assert.NotEqual(Validator(Schema).Id, Validator("{}").Id);
        Assert.Throws<ArgumentException>(() => StepIntrospector.Schema(default));
    }

    [Fact]
    public async Task Nothing_is_checked_where_something_is_missing()
    {
        foreach (var validator in new[]
        {
            StepIntrospector.Arithmetic, StepIntrospector.RepeatedAction, StepIntrospector.ToolError, StepIntrospector.EmptyObservation, Validator("{}"),
        })
        {
            await Assert.ThrowsAsync<ArgumentNullException>(() => validator.CheckAsync(null!, Step(""), null).AsTask());
            await Assert.ThrowsAsync<ArgumentNullException>(() => validator.CheckAsync(Question, null!, null).AsTask());
        }
    }

    private static void AssertFlaw(bool isFlaw, string reason, StepCheck check)
    {
        if (isFlaw)
        {
            AssertFlaw(reason, check);
        }
        else
        {
            AssertNothing(check);
        }
    }

    private static IStepIntrospector Validator(string schema)
    {
        using var document = JsonDocument.Parse(schema);
        return StepIntrospector.Schema(document.RootElement);
    }
}
