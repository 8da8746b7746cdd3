using System.Text.Json;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class StepMeasureTests
{
    [Theory]
    [InlineData("3 + 4 = 7", "So there are 7.", 1)]
    [InlineData("That makes 1,234.50 euros", "1234.5", 1)]
    [InlineData("3 + 4 = 7", "3 + 4 = 8", 0)]
    [InlineData("3 + 4 = 7", "Add them.", 0)]
    [InlineData("Add them.", "3 + 4 = 7", 0)]
    [InlineData("The capital is Bern.", "the capital is  BERN", 1)]
    [InlineData("The capital is Bern.", "The capital is Rome.", 0)]
    [InlineData("", "", 1)]
    public async Task Two_steps_come_to_the_same_where_their_last_numbers_or_their_words_are(string first, string second, double expected) =>
        Assert.Equal(expected, await MeasureAsync(first, second));

    [Fact]
    public async Task Two_calls_of_a_tool_are_the_same_where_name_and_arguments_are()
    {
        var call = Call("search", "{\"query\":\"lamp\",\"most\":3}");

        Assert.Equal(1, await MeasureAsync(call, Call("search", "{\"most\":3,\"query\":\"lamp\"}")));
        Assert.Equal(0, await MeasureAsync(call, Call("search", "{\"query\":\"lamp\",\"most\":4}")));
        Assert.Equal(0, await MeasureAsync(call, Call("find", "{\"query\":\"lamp\",\"most\":3}")));
        Assert.Equal(0, await MeasureAsync(call, "search lamp 3"));
        Assert.Equal(0, await MeasureAsync("search lamp 3", call));
    }

    [Fact]
    public void It_has_a_name_and_is_all_or_nothing()
    {
        Assert.Equal("step-result-v1", StepMeasure.SameResult.Id);
        Assert.True(StepMeasure.SameResult.IsEquivalence);
    }

    private static ScriptedReply Call(string name, string arguments) =>
        ScriptedReply.Calls(name, JsonElement.Parse(arguments).EnumerateObject().ToDictionary(each => each.Name, each => (object?)each.Value));

    private static async Task<double?> MeasureAsync(ScriptedReply first, ScriptedReply second) =>
        (await StepMeasure.SameResult.MeasureAsync(Cascades.Question, [first.ToGeneration(), second.ToGeneration()]))[0, 1];
}
