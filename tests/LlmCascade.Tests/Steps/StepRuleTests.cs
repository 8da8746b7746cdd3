using LlmCascade.Steps;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class StepRuleTests
{
    private static readonly LabelledTask _task = new("t", "Tom has 12 apples and buys 3 bags of 4.", "24") { Solution = ["3 * 4 = <<3*4=12>>12", "12 + 12 = 24"] };

    [Fact]
    public async Task A_step_with_a_result_that_the_solution_does_not_have_is_wrong()
    {
        Assert.Equal(1, await FirstWrongAsync(StepRule.GoldResults, "Tom has 12", "3 bags are 13", "12 + 13 = 25"));
        Assert.Null(await FirstWrongAsync(StepRule.GoldResults, "No number here.", "3 * 4 = 12.0", "Answer: 24"));
    }

    [Fact]
    public async Task Without_a_solution_no_result_is_known_to_be_wrong() =>
        Assert.Null(await StepRule.GoldResults.FindFirstWrongAsync(_task with { Solution = null }, Of(TrajectoryEnd.Answered, "99")));

    [Theory]
    [InlineData("Answer: 24", TrajectoryEnd.Answered, null)]
    [InlineData("Answer: 24.0 apples", TrajectoryEnd.Answered, null)]
    [InlineData("Answer: 25", TrajectoryEnd.Answered, 1)]
    [InlineData("Answer: none", TrajectoryEnd.Answered, 1)]
    [InlineData("Answer: 25", TrajectoryEnd.Open, null)]
    [InlineData("24", TrajectoryEnd.StepLimit, 1)]
    public async Task A_wrong_or_missing_answer_is_the_last_steps_fault(string last, TrajectoryEnd end, int? expected) =>
        Assert.Equal(expected, await StepRule.LastStep().FindFirstWrongAsync(_task, Of(end, "3 bags are 13", last)));

    [Theory]
    [InlineData("Paris", "Answer: paris.", true)]
    [InlineData("Paris", "Answer: Rome", false)]
    [InlineData("12 Monkeys", "Answer: 12 Angry Men", false)]
    [InlineData("$1,200", "#### 1200", true)]
    [InlineData("-3", "Answer: 3", false)]
    [InlineData("x = -3", "Answer: x = 3", false)]
    [InlineData("+", "Answer: +", true)]
    [InlineData("+", "Answer: ?", false)]
    public async Task Answers_are_compared_by_their_numbers_or_their_words(string gold, string last, bool isRight) =>
        Assert.Equal(isRight ? null : 0, await StepRule.LastStep().FindFirstWrongAsync(new LabelledTask("t", "?", gold), Of(TrajectoryEnd.Answered, last)));

    [Fact]
    public async Task A_host_may_judge_the_answer() =>
        Assert.Null(await StepRule.LastStep((_, text) => text.Contains("25", StringComparison.Ordinal)).FindFirstWrongAsync(_task, Of(TrajectoryEnd.Answered, "Answer: 25")));

    [Fact]
    public async Task The_first_step_that_a_validator_is_certain_about_is_wrong()
    {
        var likely = new WordIntrospector("perhaps", 0.9);
        var certain = new WordIntrospector("bad", 1);

        Assert.Equal(2, await FirstWrongAsync(StepRule.Validators(likely, certain), "good", "perhaps", "bad", "bad"));
        Assert.Null(await FirstWrongAsync(StepRule.Validators(likely), "good", "perhaps"));
        Assert.Equal([0, 1, 2], certain.Places);
    }

    [Fact]
    public async Task Of_several_rules_the_earliest_step_counts()
    {
        var rule = StepRule.Earliest(StepRule.Of((_, _) => null), StepRule.Of((_, _) => 2), StepRule.Of((_, _) => 1), StepRule.Of((_, _) => null));

        Assert.Equal(1, await FirstWrongAsync(rule, "a", "b", "c"));
        Assert.Null(await FirstWrongAsync(StepRule.Earliest(StepRule.Of((_, _) => null)), "a"));
    }

    [Fact]
    public void Rules_of_nothing_are_refused()
    {
        Assert.Throws<ArgumentException>(() => StepRule.Earliest());
        Assert.Throws<ArgumentException>(() => StepRule.Validators());
        Assert.Throws<ArgumentNullException>(() => StepRule.Of(null!));
    }

    private static ValueTask<int?> FirstWrongAsync(IStepRule rule, params string[] steps) => rule.FindFirstWrongAsync(_task, Of(TrajectoryEnd.Answered, steps));

    private static Trajectory Of(TrajectoryEnd end, params string[] steps) => new(_task.Messages, [.. steps.Select(step => new ReasoningStep(step, "local"))]) { End = end };

    private sealed class WordIntrospector(string word, double probability) : IStepIntrospector
    {
        public string Id => "word-v1";

        public bool CanClear => false;

        public List<int> Places { get; } = [];

        public ValueTask<StepCheck> CheckAsync(GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken = default)
        {
            Places.Add(request.Trajectory!.Steps.Length);
            return new(new StepCheck(Id) { ErrorProbability = step.Response.Text.Contains(word, StringComparison.Ordinal) ? probability : null });
        }
    }
}
