using LlmCascade.Agreement;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class JsonMeasureTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[1,2]}""", """{ "b": [1.0, 2e0], "a": 1 }""", 1.0)]
    [InlineData("""{"a":1}""", """{"a":2}""", 0.0)]
    [InlineData("""{"a":1}""", """{"a":"1"}""", 0.0)]
    [InlineData("[1,2]", "[2,1]", 0.0)]
    [InlineData("```json\n{\"a\":1}\n```", """{"a":1}""", 1.0)]
    [InlineData("```\n[]\n```", " [ ] ", 1.0)]
    [InlineData("""Here: {"a":1}""", """{"a":1}""", null)]
    [InlineData("{}", "text", null)]
    [InlineData("[broken", "{}", null)]
    [InlineData("5", "5", null)]
    [InlineData("", "{}", null)]
    [InlineData("{\"\\ud800\":1}", "{\"\\ud800\":1}", 1.0)]
    [InlineData("{\"\\ud800\":1}", "{\"\\ud801\":1}", 0.0)]
    public async Task Objects_and_arrays_are_compared_by_their_values(string first, string second, double? expected) =>
        Assert.Equal(expected, await Pair.MeasureAsync(SimilarityMeasure.SameJson, first, second));

    [Fact]
    public void Who_agrees_with_the_same_one_agrees() => Assert.True(SimilarityMeasure.SameJson.IsEquivalence);
}
