using CsCheck;
using LlmCascade.Steps;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class ArithmeticSilenceTests : ValidatorTest
{
    private static readonly string[] _scraps =
    [
        "1", "23", "4.5", "1,000", "0", "%", "+", "-", "*", "/", "=", "≈", "^", "(", ")", "[", "{", "}", "<<", ">>", "$", "²", "x", " x ", "of", " eggs ", "total", "half", "times", "equals",
        @"\frac", @"\times", @"\text", @"\", "\n", ".", ",", ":", ";", "!", " ", " ", "−", "–", "×", "…", "\ud83d", "\0", "79228162514264337593543950335", "٣", "½",
    ];

    [Theory]
    [InlineData("16 - 3 - 4 = 9 eggs")]
    [InlineData("9 * $2 = $18")]
    [InlineData("120 / 2 = 60")]
    [InlineData("(3 + 4) x 2 = 14")]
    [InlineData("-3 + 5 = 2 and 3 - -2 = 5")]
    [InlineData("16-3 = <<16-3=13>>13")]
    [InlineData("80/120 = <<80/120=2/3>>2/3")]
    [InlineData("5 * 3 = 10 + 5")]
    public void What_holds_is_not_found(string text) => AssertNothing(Check(StepIntrospector.Arithmetic, Question, Step(text)));

    [Theory]
    [InlineData("10 / 3 = 3.33")]
    [InlineData("2 / 3 = 0.66")]
    [InlineData("2 / 3 = 0.67")]
    [InlineData("2 / 3 = 67%")]
    [InlineData("11 / 4 = 3")]
    [InlineData("11 / 4 = 2")]
    [InlineData("10 / 3 ≈ 3.35")]
    [InlineData("10 / 3 = about 3.35")]
    [InlineData("1/3 * 9 = 3")]
    public void What_is_rounded_or_cut_off_holds(string text) => AssertNothing(Check(StepIntrospector.Arithmetic, Question, Step(text)));

    [Theory]
    [InlineData("3 + 4 = 7 * 2 = 14")]
    [InlineData("3 + 4 x 2 = 14")]
    [InlineData("6 / 1/2 = 12")]
    [InlineData("50 + 20% = 60")]
    [InlineData("20 / 50 = 40%")]
    [InlineData("20 / 50 * 100 = 40%")]
    [InlineData("20 / 50 * 100% = 40%")]
    public void What_holds_as_it_may_be_meant_is_not_found(string text) => AssertNothing(Check(StepIntrospector.Arithmetic, Question, Step(text)));

    [Theory]
    [InlineData("2x + 3 = 10")]
    [InlineData("3 * x = 12")]
    [InlineData("y/2 + 3 = 5")]
    [InlineData("price * 3 + 2 = 11")]
    [InlineData("total - 3 * 2 = 4")]
    [InlineData("3 + 4 = 2y")]
    [InlineData("f(3) + 4 = 9")]
    [InlineData("sqrt(16) + 2 = 6")]
    [InlineData(@"\sqrt{16} + 2 = 6")]
    [InlineData("x_1 + 3 = 9")]
    [InlineData("9 because James + 1 = 10 more")]
    public void With_a_variable_nothing_is_known(string text) => AssertNothing(Check(StepIntrospector.Arithmetic, Question, Step(text)));

    [Theory]
    [InlineData("24 = 24")]
    [InlineData("x = 5")]
    [InlineData("on 3/4/2020 = day one")]
    [InlineData("at 3:30 + 2 = 5:30")]
    [InlineData("a ratio of 3:4 = 0.8")]
    [InlineData("pages 3-4 = 2 pages")]
    [InlineData("555-1234 = 3")]
    [InlineData("v1.2.3 = 5")]
    [InlineData("1,5 * 2 = 3")]
    [InlineData("1 000 + 1 = 1 001")]
    [InlineData("2 1/2 + 1 = 3.5")]
    [InlineData("5 + 3 = 8 1/2")]
    [InlineData("17 % 5 = 2")]
    [InlineData("5! / 4 = 30")]
    [InlineData("17 / 5 = 3 remainder 2")]
    [InlineData("if 3 + 4 != 8 and 3 + 4 <= 9")]
    [InlineData("7 / 0 = 1")]
    [InlineData("79228162514264337593543950335 * 2 = 1")]
    [InlineData("half of 20 + 5 = 15")]
    [InlineData("twice 5 + 3 = 13")]
    [InlineData("1/4 of a container has 3 * 1/4 = 0.75 gallons")]
    [InlineData("2/5 = 12 acres")]
    [InlineData("<<3+4=8")]
    public void What_is_no_plain_equation_is_left_alone(string text) => AssertNothing(Check(StepIntrospector.Arithmetic, Question, Step(text)));

    [Theory]
    [InlineData("30 minutes + 30 minutes = 1 hour")]
    [InlineData("2 hours = 120 minutes")]
    [InlineData("6 ft * 12 = 864 inches")]
    [InlineData("3 km + 200 m = 3200 m")]
    [InlineData("25 cents * 4 = $1")]
    [InlineData("2 million / 4 = 500,000")]
    [InlineData("3 dozen + 4 = 40")]
    [InlineData("45 minutes + 45 minutes = 1 hour 30 minutes")]
    public void Units_that_are_converted_are_left_alone(string text) => AssertNothing(Check(StepIntrospector.Arithmetic, Question, Step(text)));

    [Fact]
    public void Sums_that_hold_are_never_found() => Gen.Select(Gen.Int[-50, 1000], Gen.Int[1, 99], Gen.OneOfConst("+", "-", "*", "/"), Gen.OneOfConst("", " "))
        .Sample((first, second, sign, blank) =>
        {
            var value = sign switch { "+" => first + second, "-" => first - second, "*" => first * second, _ => (decimal)first / second };
            var text = FormattableString.Invariant($"so {first}{blank}{sign}{blank}{second} = {decimal.Round(value, 2)} eggs");
            AssertNothing(Check(StepIntrospector.Arithmetic, Question, Step(text)));
        });

    [Fact]
    public void No_text_is_too_strange() => Gen.OneOfConst(_scraps).Array[0, 30].Select(scraps => string.Concat(scraps)).Sample(text =>
        Check(StepIntrospector.Arithmetic, Question, Step(text)));
}
