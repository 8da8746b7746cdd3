using LlmCascade.Steps;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class ArithmeticTests : ValidatorTest
{
    [Theory]
    [InlineData("16 - 3 - 4 = 8 eggs", "16 - 3 - 4 is 9 and not 8")]
    [InlineData("9 * $2 = $19", "9 * $2 is 18 and not $19")]
    [InlineData("5 apples + 3 apples = 9 apples", "5 apples + 3 is 8 and not 9")]
    [InlineData("20% of 50 = 12", "20% of 50 is 10 and not 12")]
    [InlineData("20% of the remaining 50 apples = 12", "20% of the remaining 50 is 10 and not 12")]
    [InlineData("20 percent of 50 = 12", "20 percent of 50 is 10 and not 12")]
    [InlineData("50 * 20% = 11", "50 * 20% is 10 and not 11")]
    [InlineData("1/2 of 10 = 6", "1/2 of 10 is 5 and not 6")]
    [InlineData("(3 + 4) x 2 = 15", "(3 + 4) x 2 is 14 and not 15")]
    [InlineData("3x5 = 16", "3x5 is 15 and not 16")]
    [InlineData("2 × 3 = 7", "2 × 3 is 6 and not 7")]
    [InlineData("8 ÷ 2 = 5", "8 ÷ 2 is 4 and not 5")]
    [InlineData("1/2 * 8 = 5", "1/2 * 8 is 4 and not 5")]
    [InlineData("2(3+4) = 15", "2(3+4) is 14 and not 15")]
    [InlineData("5² = 26", "5² is 25 and not 26")]
    [InlineData("2^3 = 9", "2^3 is 8 and not 9")]
    [InlineData("1,000 + 1 = 1,002", "1,000 + 1 is 1001 and not 1,002")]
    [InlineData("-3 + 5 = 3", "-3 + 5 is 2 and not 3")]
    [InlineData("4 - 10 = 6", "4 - 10 is -6 and not 6")]
    [InlineData("3 times 4 equals 13", "3 times 4 is 12 and not 13")]
    [InlineData("8 oz. + 4 oz. = 13 oz.", "8 oz. + 4 is 12 and not 13")]
    [InlineData("3 weeks * 7 days/week = 22 days", "3 weeks * 7 is 21 and not 22")]
    [InlineData("**5 + 3 = 9**", "5 + 3 is 8 and not 9")]
    [InlineData("160 (first stop) + 80 (second stop) = 250", "160 (first stop) + 80 is 240 and not 250")]
    public void A_wrong_result_is_found(string text, string explanation)
    {
        var check = Check(StepIntrospector.Arithmetic, Question, Step(text));

        AssertFlaw(StepReasons.Arithmetic, check);
        Assert.Equal(explanation, check.Explanation);
    }

    [Theory]
    [InlineData("She has 16 - 3 = 12 eggs left, and sells 12 - 4 = 8 of them.", "16 - 3 is 13 and not 12")]
    [InlineData("She has 16 - 3 = 13 eggs left and sells 13 - 4 = 8 of them.", "13 - 4 is 9 and not 8")]
    [InlineData("the total (so 3 + 4 = 8) is known", "3 + 4 is 7 and not 8")]
    [InlineData("2 * (3 + 4 = 8)", "3 + 4 is 7 and not 8")]
    [InlineData("x = 5 + 3 = 9", "5 + 3 is 8 and not 9")]
    [InlineData("1. 3 + 4 = 8", "3 + 4 is 7 and not 8")]
    [InlineData("- 3 + 4 = 8", "3 + 4 is 7 and not 8")]
    [InlineData("all in all 3 + 4 = a total of 8", "3 + 4 is 7 and not 8")]
    public void It_is_found_among_words(string text, string explanation) =>
        Assert.Equal(explanation, Check(StepIntrospector.Arithmetic, Question, Step(text)).Explanation);

    [Theory]
    [InlineData("3 + 4 = 7 * 2 = 15", "7 * 2 is 14 and not 15")]
    [InlineData("3 + 4 = 8 * 2 = 16", "3 + 4 is 7 and not 8 * 2")]
    [InlineData("5 * 3 = 10 + 6 = 16", "5 * 3 is 15 and not 10 + 6")]
    public void Each_equality_of_a_chain_is_checked(string text, string explanation) =>
        Assert.Equal(explanation, Check(StepIntrospector.Arithmetic, Question, Step(text)).Explanation);

    [Theory]
    [InlineData("16-3 = <<16-3=12>>12", "16-3 is 13 and not 12")]
    [InlineData("16 - 3 = <<16-3=13>>12", "16 - 3 is 13 and not 12")]
    [InlineData("$<<9*2=19>>18", "9*2 is 18 and not 19")]
    [InlineData("3 + 4 = <<3+4=7>>7, 7 - 2 = $<<7-2=5>>6", "7 - 2 is 5 and not $6")]
    public void A_calculators_mark_is_checked_and_the_text_around_it(string text, string explanation) =>
        Assert.Equal(explanation, Check(StepIntrospector.Arithmetic, Question, Step(text)).Explanation);

    [Theory]
    [InlineData(@"so $5 \times 3 = 16$", @"$5 \times 3 is 15 and not 16")]
    [InlineData(@"\$5 \cdot 3 = \$14", @"$5 \cdot 3 is 15 and not $14")]
    [InlineData(@"\[ \frac{10}{4} = 2.6 \]", @"\frac{10}{4} is 2.5 and not 2.6")]
    [InlineData(@"\(8 \div 2 = \boxed{5}\)", @"8 \div 2 is 4 and not {5}")]
    [InlineData(@"\left(3 + 4\right) \times 2 = 15 \text{ eggs}", @"(3 + 4\right) \times 2 is 14 and not 15")]
    [InlineData(@"1{,}000 + 1 = 1{,}002", "1,000 + 1 is 1001 and not 1,002")]
    public void What_is_usual_of_latex_is_read(string text, string explanation) =>
        Assert.Equal(explanation, Check(StepIntrospector.Arithmetic, Question, Step(text)).Explanation);

    [Theory]
    [InlineData("10 / 3 = 3.34")]
    [InlineData("10 / 3 = 3.4")]
    [InlineData("10 / 3 = 5")]
    [InlineData("10 / 3 ≈ 3.5")]
    [InlineData("10 / 3 = about 3.5")]
    public void A_result_that_is_rounded_wrong_is_found(string text) =>
        AssertFlaw(StepReasons.Arithmetic, Check(StepIntrospector.Arithmetic, Question, Step(text)));

    [Fact]
    public void A_number_that_may_be_cut_is_not_judged()
    {
        var cut = new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, "80 + 50 = 1")) { FinishReason = ChatFinishReason.Length });

        AssertNothing(Check(StepIntrospector.Arithmetic, Question, cut));
        AssertFlaw(StepReasons.Arithmetic, Check(StepIntrospector.Arithmetic, Question, Step("80 + 50 = 1")));
    }

    [Fact]
    public void No_text_makes_it_slow()
    {
        string[] pieces =
        [
            "(", "((1+", "1+", "1+1=2=", "1=", "(1=", "1+1=(", "2^64=1 ", "99999999999999999999*9999999999999=1 ", "<<", "<<1+1=2>>", "1 ", "a ", "a-", "x ", "*", "* ", "**", "- ",
            "$", @"\", @"\frac{", @"\frac{1}{2}=0.5 ", "1.", "1,", "1,000", "9", "20% of ", "=", " ", ")", "1a", "word+", "3 + 4 = 7, ", "2/", "(a", "[x ", "~", "!", "5!=", "times ", "about ",
        ];

        var watch = System.Diagnostics.Stopwatch.StartNew();
        foreach (var piece in pieces)
        {
            var text = string.Concat(Enumerable.Repeat(piece, 100_000 / piece.Length)) + " 1 + 1 = 2";
            Check(StepIntrospector.Arithmetic, Question, Step(text));
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{watch.Elapsed} for {pieces.Length} texts");
    }
}
