using LlmCascade.Steps;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class RoundedNumberTests
{
    [Theory]
    [InlineData("Interest = ($365 / 12) x 5 = $30.4167 x 5 = $152.08")]
    [InlineData("10 / 3 * 12 = 3.3 * 12")]
    [InlineData("The rope costs 20 * 13.33 = 266.67 dollars.")]
    [InlineData("0.33 * 300 = 100")]
    [InlineData("0.33 - 0.2 = 0.133333")]
    [InlineData("2.667 * 3 = 8.000")]
    [InlineData("10 - 1.66 = 8.333")]
    public async Task A_result_that_rounding_explains_is_no_flaw(string step) => Assert.Null(await FindAsync(step));

    [Theory]
    [InlineData("6.75 * 3 + 66 = 20.95 + 66")]
    [InlineData("1 / 3 * 4 = 0.43 * 4")]
    [InlineData("3 * 13.33 = 41")]
    [InlineData("3 * $13.33 = $40.01")]
    [InlineData("0.25 * 4000 = 1010")]
    public async Task A_result_that_rounding_does_not_explain_is_a_flaw(string step) => Assert.NotNull(await FindAsync(step));

    [Theory]
    [InlineData("$0.05 * 40 = $10 - $1.5x $2 = $10 - $1.5x")]
    [InlineData("4 * 5 = 30 - 2x 5 = 15 - x")]
    public async Task A_variable_behind_its_factor_is_no_product_with_what_stands_after_a_blank(string step) => Assert.Null(await FindAsync(step));

    [Theory]
    [InlineData("3x4 = 13")]
    [InlineData("3 x 4 = 13")]
    public async Task A_product_is_one_without_or_between_blanks(string step) => Assert.NotNull(await FindAsync(step));

    private static async Task<string?> FindAsync(string step)
    {
        var answer = new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, step)));
        return (await StepIntrospector.Arithmetic.CheckAsync(new GenerationRequest("task"), answer, context: null, TestContext.Current.CancellationToken)).Explanation;
    }
}
