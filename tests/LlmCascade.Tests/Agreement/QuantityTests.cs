using LlmCascade.Agreement;
using LlmCascade.Agreement.Measures;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("5 km", "5000 m", 1.0)]
    [InlineData("5 km", "6 km", 0.0)]
    [InlineData("5 km", "5", 1.0)]
    [InlineData("5 km", "5 kg", 0.0)]
    [InlineData("a 5-km run", "5000 metres", 1.0)]
    [InlineData("90 minutes", "1.5 hours", 1.0)]
    [InlineData("1 hour 30 minutes", "90 min", 1.0)]
    [InlineData("1 hour and 30 minutes", "1 hour", 0.0)]
    [InlineData("1 day", "24 hours", 1.0)]
    [InlineData("2 weeks", "14 days", 1.0)]
    [InlineData("1 year", "12 months", 1.0)]
    [InlineData("5 miles", "8 km", 1.0)]
    [InlineData("5 miles", "9 km", 0.0)]
    [InlineData("12 in.", "1 ft", 1.0)]
    [InlineData("5 in total", "5", 1.0)]
    [InlineData("20 °C", "68 °F", 1.0)]
    [InlineData("1 GB", "1000 MB", 1.0)]
    [InlineData("60 km/h", "60 km", 0.0)]
    [InlineData("5公里", "5000米", 1.0)]
    [InlineData("50 %", "50 percent", 1.0)]
    [InlineData("50 per cent", "50%", 1.0)]
    [InlineData("50 %", "50 km", 0.0)]
    public async Task Units_are_converted(string first, string second, double? expected) => await CheckAsync(first, second, expected);

    [Theory]
    [InlineData("$5", "5 dollars", 1.0)]
    [InlineData("USD 5", "$5.00", 1.0)]
    [InlineData("5 USD", "€5", 0.0)]
    [InlineData("5 €", "5 euros", 1.0)]
    [InlineData("$1.2 million", "1,200,000 dollars", 1.0)]
    [InlineData("$5m", "$5,000,000", 1.0)]
    [InlineData("5m", "5 metres", 1.0)]
    [InlineData("£3bn", "3 billion pounds", 1.0)]
    [InlineData("-$5", "$5", 0.0)]
    public async Task Money_is_money_of_a_currency(string first, string second, double? expected) => await CheckAsync(first, second, expected);

    [Theory]
    [InlineData("three", "3", 1.0)]
    [InlineData("twenty-one", "21", 1.0)]
    [InlineData("one hundred and twenty-five", "125", 1.0)]
    [InlineData("two thousand three hundred", "2,300", 1.0)]
    [InlineData("One million two hundred thousand and six", "1200006", 1.0)]
    [InlineData("five million", "5 million", 1.0)]
    [InlineData("a hundred", "100", 1.0)]
    [InlineData("one, two, three", "1 2 3", 1.0)]
    [InlineData("ten to twelve", "10-12", 1.0)]
    [InlineData("five of two hundred", "5 of 200", 1.0)]
    [InlineData("three days", "72 hours", 1.0)]
    [InlineData("one", "1", 1.0)]
    [InlineData("one of the best, at 5", "5", 1.0)]
    [InlineData("no one knows", "1", null)]
    [InlineData("１２３", "123", 1.0)]
    [InlineData("-3", "3", 0.0)]
    [InlineData("1.234,5", "1,234.5", 1.0)]
    [InlineData("99999999999999999999999999999999", "1", null)]
    [InlineData("79228162514264337593543950335 km", "1", 0.0)]
    public async Task Numbers_may_be_words(string first, string second, double? expected) => await CheckAsync(first, second, expected);

    [Theory]
    [InlineData("3 March 2024", "March 3, 2024", 1.0)]
    [InlineData("2024-03-03", "3.3.2024", 1.0)]
    [InlineData("3rd of March 2024", "2024/3/3", 1.0)]
    [InlineData("3. März 2024", "3 de marzo de 2024", 1.0)]
    [InlineData("2024年3月3日", "2024-03-03", 1.0)]
    [InlineData("3/4/2024", "3/4/2024", 1.0)]
    [InlineData("3/4/2024", "April 3, 2024", null)]
    [InlineData("3/4/2024", "March 4, 2024", null)]
    [InlineData("3/4/2024", "5 May 2024", 0.0)]
    [InlineData("13/4/2024", "April 13, 2024", 1.0)]
    [InlineData("4/13/2024", "April 13, 2024", 1.0)]
    [InlineData("March 3", "3 March 2024", 1.0)]
    [InlineData("March 3", "April 3", 0.0)]
    [InlineData("March 2024", "April 2024", 0.0)]
    [InlineData("in 2024", "March 3, 2024", 1.0)]
    [InlineData("you may 5 times", "5", 1.0)]
    [InlineData("9 am", "9:00", 1.0)]
    [InlineData("9 p.m.", "21:00", 1.0)]
    [InlineData("9 am", "9 pm", 0.0)]
    [InlineData("1.2.3", "123", 1.0)]
    [InlineData("99/99/2024", "5", 0.0)]
    public async Task Dates_are_days(string first, string second, double? expected) => await CheckAsync(first, second, expected);

    [Theory]
    [InlineData("2 and 3", "2 and 4", 0.0)]
    [InlineData("2", "2 and 4", 1.0)]
    [InlineData("It opens at 5.", "Nobody knows.", null)]
    [InlineData("1. First\n2. Then it is 7", "7", 1.0)]
    [InlineData("We saw 3 of them. The answer is 5.", "With 7 and 8 we get\nAnswer: 5", 1.0)]
    [InlineData("We saw 3 of them. The answer is 5.", "With 3 we get\nAnswer: 6", 0.0)]
    public async Task What_is_said_besides_makes_no_difference(string first, string second, double? expected) => await CheckAsync(first, second, expected);

    [Fact]
    public async Task Long_texts_that_mention_different_quantities_do_not_contradict_each_other()
    {
        var words = string.Join(' ', Enumerable.Repeat("word", 60));

        await CheckAsync($"{words} 5", $"{words} 6", null);
        await CheckAsync($"{words} 5", $"{words} 5 6", 1);
        await CheckAsync($"{words[..^5]} 5", $"{words[..^5]} 6", 0);
    }

    [Fact]
    public async Task Tables_of_numbers_are_not_compared()
    {
        var table = string.Join(' ', Enumerable.Range(0, 300));

        Assert.Null(QuantityReader.Of(table));
        await CheckAsync(table, "5", null);
    }

    private static async Task CheckAsync(string first, string second, double? expected)
    {
        Assert.Equal(expected, await Pair.MeasureAsync(SimilarityMeasure.SameQuantities, first, second));
        Assert.Equal(expected == 0 ? 0 : null, await Pair.MeasureAsync(SimilarityMeasure.DifferentQuantities, first, second));
    }
}
