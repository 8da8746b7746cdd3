using LlmCascade.Deferral;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class StrategyPolicyTests : LearningTest
{
    [Theory]
    [InlineData("Which track is the clock on?", "Which track is the clock on?", true)]
    [InlineData("I am retired. On which day do I pay less?", "I'm retired. On which day do I pay less?", true)]
    [InlineData("I would like to pay, at which counter is that?", "I'd like to pay, at which counter is that?", true)]
    [InlineData("Which track is the clock on? ", "The question is: \"which track is the clock on\".", true)]
    [InlineData("Which track is the clock on?", "Which track is the clock on? Track 65.", false)]
    [InlineData("Which track is the clock on?", "The clock is on", false)]
    [InlineData("Is it true that cats see in the dark?", "Yes, cats see in the dark.", false)]
    [InlineData("Is it spam?", "Is it spam?", false)]
    [InlineData("Mend the commas. Which, track is the clock on", "Which track is the clock on?", false)]
    public async Task An_answer_given_with_strategies_that_ends_by_repeating_the_question_is_deferred(string question, string answer, bool isDeferred)
    {
        await Repository.AddAsync(new Strategy(Scope, question, Note, "expert"));
        SmallAnswers = answer;
        await using var host = Start();

        await AskAsync(host, question);

        Assert.Equal(isDeferred ? DeferralReasons.RepeatsQuestion : DeferralReasons.Valid, Episodes[0].Root.Children[0].Verdict.Reason);
    }

    [Fact]
    public async Task Without_strategies_an_answer_may_repeat_the_question()
    {
        SmallAnswers = "How long may I return a lamp?";
        await using var host = Start();

        var response = await host.GetRequiredService<IChatClient>().GetResponseAsync("Fix the grammar. How long may I return a lamp?", Options());

        Assert.Equal(SmallAnswers, response.Text);
    }
}
