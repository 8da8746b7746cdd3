using LlmCascade.Agreement;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class ConclusionTests
{
    private const string Long = "This goes on for a while, longer than six words";

    [Theory]
    [InlineData("A quarter of 60 is 15, and 60 - 15 = 45. Answer: 45 euros", "You pay three quarters of 60 euros. **Final answer: €45**", 1.0)]
    [InlineData("He gave no answer: 45 people left. He went home after all of it was over", "45", null)]
    [InlineData("Answer: 3/4", "Answer: 4/3", 0.0)]
    [InlineData("Answer: 10 to 20", "Answer: 10", 0.0)]
    [InlineData("Answer: 42", "So the answer is 42.", 1.0)]
    [InlineData("#### 42", @"Therefore \boxed{42}.", 1.0)]
    [InlineData("Long talk about 3 things that go on.\nFinal Answer: **Paris**", "The answer is Paris.", 1.0)]
    [InlineData("**Answer:** 42", "42", 1.0)]
    [InlineData("**Final Answer**: B", "Answer: C", 0.0)]
    [InlineData("> a: yes", "ANSWER: Yes!", 1.0)]
    [InlineData("Answer:\n\nParis", "Paris", 1.0)]
    [InlineData("Answer: Lyon\nNo, wait.\nAnswer: Paris", "Paris", 1.0)]
    [InlineData("The answer is Lyon. Checked again, the final answer is: Paris", "Paris", 1.0)]
    [InlineData("The answer is J. K. Rowling. She wrote it.", "Answer: J. K. Rowling", 1.0)]
    [InlineData("The answer is B. It has to be.", "B", 1.0)]
    [InlineData("The answer is 3.5 km, which is far. Or so.", "3500 m", 1.0)]
    [InlineData(@"\boxed{\frac{1}{2}}", @"It is \boxed{\frac{1}{2}} then", 1.0)]
    [InlineData(@"Answer: $\boxed{5}$", "five", 1.0)]
    [InlineData("Answer: $5$", "5", 1.0)]
    [InlineData("The answer is 5 km.", "5000 m", 1.0)]
    [InlineData("Answer: 2 + 3 = 5", "The answer is 3", 0.0)]
    [InlineData("Answer: 2 + 3 = 5", "The answer is five", 1.0)]
    [InlineData("Paris", "paris!", 1.0)]
    [InlineData("Paris", "Lyon", 0.0)]
    [InlineData("", "", null)]
    [InlineData("", "Paris", null)]
    [InlineData("Answer:", "Answer:", 1.0)]
    [InlineData(Long, "42", null)]
    [InlineData("#### A heading\n" + Long, "A heading", null)]
    [InlineData("What the answerability is: " + Long, "42", null)]
    [InlineData(@"\boxed{never closed, " + Long, "42", null)]
    public async Task What_an_answer_comes_to_stands_behind_its_last_mark_or_is_the_whole_of_a_short_one(string first, string second, double? expected) =>
        Assert.Equal(expected, await Pair.MeasureAsync(SimilarityMeasure.SameConclusion, first, second));
}
