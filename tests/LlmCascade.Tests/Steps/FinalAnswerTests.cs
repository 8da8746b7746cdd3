using LlmCascade.Steps;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class FinalAnswerTests
{
    [Theory]
    [InlineData("Answer: 13", "13")]
    [InlineData("so it is\n  answer : 13 \n", "13")]
    [InlineData("**Answer:** 5", "5")]
    [InlineData("**Answer**: 5", "5")]
    [InlineData("**Final answer: 5**", "5")]
    [InlineData("### FINAL ANSWER: 5 eggs", "5 eggs")]
    [InlineData("Answer:\n\n5", "5")]
    [InlineData("A: 13", "13")]
    [InlineData("Step 3: Answer: 9", "9")]
    [InlineData("**Step 3:** Answer: 9", "9")]
    [InlineData("3. Answer: 9", "9")]
    [InlineData("3) The answer is 9", "9")]
    [InlineData("The answer is 7", "7")]
    [InlineData("The final answer is: 7", "7")]
    [InlineData("She sells 9. #### 18", "18")]
    [InlineData("#### -5 degrees", "-5 degrees")]
    [InlineData("#### $460", "$460")]
    [InlineData(@"So it is $\boxed{\frac{1}{2}}$.", @"\frac{1}{2}")]
    [InlineData(@"\boxed{ 5 } and \boxed{6}", "6")]
    [InlineData(@"\boxed{5", "5")]
    [InlineData("Answer: 5\nAnswer: 6", "6")]
    [InlineData("Answer：五", "五")]
    public void It_is_announced(string text, string answer)
    {
        Assert.True(FinalAnswer.IsIn(text));
        Assert.Equal(answer, FinalAnswer.Of(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("She has 13 eggs.")]
    [InlineData("Answering: no")]
    [InlineData("An answer: 5")]
    [InlineData("I think the answer is near")]
    [InlineData("The answer isn't known")]
    [InlineData("Add: 5")]
    [InlineData("### Step 2")]
    public void It_is_not_announced(string text)
    {
        Assert.False(FinalAnswer.IsIn(text));
        Assert.Null(FinalAnswer.Of(text));
    }

    [Theory]
    [InlineData("#### Step one")]
    [InlineData("#### 2. Add the prices")]
    [InlineData("##### 3) Done")]
    public void A_heading_is_no_answer(string step) => Assert.False(FinalAnswer.IsIn(step));

    [Theory]
    [InlineData("Answer:")]
    [InlineData("**Answer:** ")]
    public void An_announcement_alone_is_no_answer_yet(string step)
    {
        Assert.False(FinalAnswer.IsIn(step));
        Assert.True(FinalAnswer.IsAnnouncedIn(step));
    }

    [Theory]
    [InlineData("The answer is found by adding 2 and 3.")]
    [InlineData("A: take the eggs")]
    public void Words_about_the_answer_are_none(string step) => Assert.False(FinalAnswer.IsIn(step));
}
