using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class ExaminerTests
{
    private static readonly LabelledTask _task = new("t7", "2 + 3 + 4?", "9") { Solution = ["2 + 3 = 5", "5 + 4 = 9"] };
    private static readonly UsageDetails _usage = new() { InputTokenCount = 10, OutputTokenCount = 0 };

    [Fact]
    public async Task The_first_wrong_step_is_corrected_by_the_cloud_and_the_local_model_goes_on()
    {
        var local = new Scripts("2 + 3 = 5", "5 + 4 = 8", "Answer: 9");
        var cloud = new Scripts("unasked", "5 + 4 = 9");

        var record = await ExamineAsync(local, cloud, StepRule.GoldResults);

        Assert.Equal(("t7", true, "9", TrajectoryEnd.Answered), (record.Id, record.IsRight, record.Answer, record.Trajectory.End));
        Assert.Equal(["2 + 3 = 5 by local", "5 + 4 = 9 by expert", "Answer: 9 by local"], record.Trajectory.Steps.Select(step => $"{step.Text} by {step.Author}"));
        Assert.Equal([false, true, false], record.Trajectory.Steps.Select(step => step.IsByExpert));
        var wrong = Assert.Single(record.Trajectory.Steps[1].Rejected);
        Assert.Equal(("5 + 4 = 8", "local", 1.0, StepRule.WrongByRule), (wrong.Text, wrong.Author, wrong.Check!.ErrorProbability, wrong.Check.Reason));
    }

    [Fact]
    public async Task The_cloud_sees_task_accepted_steps_and_the_wrong_one_and_nobody_sees_the_answer()
    {
        var local = new Scripts("2 + 3 = 5", "5 + 4 = 8", "Answer: 14");
        var cloud = new Scripts("5 + 4 is nine");

        await ExamineAsync(local, cloud, StepRule.Of((_, trajectory) => trajectory.Steps.Length == 2 ? 1 : null));

        var asked = Assert.Single(cloud.Requests);
        Assert.Contains("2 + 3 + 4?", asked, StringComparison.Ordinal);
        Assert.Contains("assistant: 2 + 3 = 5", asked, StringComparison.Ordinal);
        Assert.Contains("\n> 5 + 4 = 8\n", asked, StringComparison.Ordinal);
        Assert.DoesNotContain(local.Requests.Concat(cloud.Requests), request => request.Contains('9', StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_written_behind_a_wrong_step_is_dropped_and_paid_for()
    {
        var local = new Scripts("2 + 3 = 6", "6 + 4 = 10", "Answer: 9") { Usage = _usage };
        var cloud = new Scripts("2 + 3 = 5") { Usage = _usage };

        // It blames the first step when all is written, and then no more.
        var record = await ExamineAsync(
            local, cloud, StepRule.Of((_, trajectory) => trajectory.End == TrajectoryEnd.Open ? null : 0), options => (options.LocalPrices, options.ExpertPrices) = (new Prices(1, 1), new Prices(30, 30)));

        Assert.Equal(["2 + 3 = 5", "6 + 4 = 10", "Answer: 9"], record.Trajectory.Steps.Select(step => step.Text));
        Assert.Equal([0.00033m, 0.00001m, 0.00001m], record.Trajectory.Steps.Select(step => step.Spent!.Value.Cost));
        Assert.Equal((0.00035m, true), (record.Cost, record.IsCostComplete));
        Assert.Equal(5, local.Model.CallCount);
    }

    [Theory]
    [InlineData(0, "1 1 1")]
    [InlineData(1, "9 1 1")]
    [InlineData(2, "9 9 1")]
    public async Task No_more_wrong_steps_are_corrected_than_allowed(int most, string expected)
    {
        var record = await ExamineAsync(
            new Scripts("1", "1 ", "Answer: 1"),
            new Scripts("9"),
            StepRule.Of((_, trajectory) => trajectory.Steps[^1].Text.Contains('1', StringComparison.Ordinal) ? trajectory.Steps.Length - 1 : null),
            options => (options.MaxCorrections, options.Steps.IsFinal) = (most, text => text.StartsWith("Answer", StringComparison.Ordinal)));

        // Two equal steps in a row are a loop.
        Assert.StartsWith(expected[..3], string.Join(' ', record.Trajectory.Steps.Select(step => step.Text[^1])), StringComparison.Ordinal);
        Assert.Equal(most, record.Trajectory.Steps.Count(step => step.IsByExpert));
    }

    [Fact]
    public async Task What_the_cloud_got_wrong_is_not_corrected_again()
    {
        var cloud = new Scripts("2 + 3 = 7");

        var record = await ExamineAsync(new Scripts("2 + 3 = 6", "Answer: 9"), cloud, StepRule.GoldResults, options => options.MaxCorrections = 5);

        Assert.Equal(1, cloud.Model.CallCount);
        Assert.Equal(["2 + 3 = 7", "Answer: 9"], record.Trajectory.Steps.Select(step => step.Text));
    }

    [Fact]
    public async Task A_wrong_step_is_never_carried_out()
    {
        List<string> carriedOut = [];
        var record = await ExamineAsync(
            new Scripts("2 + 3 = 5", "5 + 4 = 8", "Answer: 9"),
            new Scripts("5 + 4 = 9"),
            StepRule.GoldResults,
            options => options.Steps.Observe = (trajectory, _) =>
            {
                carriedOut.Add(trajectory.Steps[^1].Text);
                return new($"seen {carriedOut.Count}");
            });

        Assert.Equal(["2 + 3 = 5", "5 + 4 = 9"], carriedOut);
        Assert.Equal(["seen 1", "seen 2", null], record.Trajectory.Steps.Select(step => step.Observation));
    }

    [Fact]
    public async Task Work_that_does_not_end_is_not_right()
    {
        var circling = await ExamineAsync(new Scripts("going on"), new Scripts("unasked"), StepRule.GoldResults);
        var endless = await ExamineAsync(new Scripts("nine", "ten", "eleven"), new Scripts("unasked"), StepRule.GoldResults, options => options.Steps.MaxSteps = 2);
        var falteringly = await ExamineAsync(new Scripts("2 + 3 = 5", ""), new Scripts("unasked"), StepRule.GoldResults);

        Assert.Equal((TrajectoryEnd.Loop, false, null), (circling.Trajectory.End, circling.IsRight, circling.Answer));
        Assert.Equal((TrajectoryEnd.StepLimit, false, 2), (endless.Trajectory.End, endless.IsRight, endless.Trajectory.Steps.Length));
        Assert.Equal((TrajectoryEnd.Loop, false, 2), (falteringly.Trajectory.End, falteringly.IsRight, falteringly.Trajectory.Steps.Length));
    }

    [Fact]
    public async Task A_model_that_fails_or_says_nothing_and_a_rule_that_names_no_step_fail_the_exam()
    {
        await Assert.ThrowsAsync<CascadeException>(() => ExamineAsync(new Scripts(""), new Scripts("unasked"), StepRule.GoldResults));
        var failing = new Examiner(new ScriptedGenerator(ScriptedReply.Throws(new InvalidDataException())), new ScriptedGenerator("unasked"), StepRule.GoldResults);
        await Assert.ThrowsAsync<CascadeException>(() => failing.ExamineAsync(_task));

        var failure = await Assert.ThrowsAsync<CascadeException>(() => ExamineAsync(new Scripts("a"), new Scripts("b"), StepRule.Of((_, _) => 4)));
        Assert.Contains("step 4", failure.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_practises_knows_the_answer_and_the_record_does_not_tell_it()
    {
        var cloud = new Scripts("2 + 3 = 5\n5 + 4 = 9\n\nAnswer: 9") { Usage = _usage };

        var record = await new Examiner(new Scripts("unasked").Model, cloud.Model, StepRule.GoldResults, new ExaminerOptions { ExpertPrices = new Prices(1, 1) }).PractiseAsync(_task);

        Assert.Equal(("t7", true, 0.00001m), (record.Id, record.IsRight, record.Cost));
        Assert.Equal(["2 + 3 = 5", "5 + 4 = 9", "Answer: 9"], record.Trajectory.Steps.Select(step => step.Text));
        Assert.All(record.Trajectory.Steps, step => Assert.True(step.IsByExpert));
        Assert.Contains("The right answer is known: 9", Assert.Single(cloud.Requests), StringComparison.Ordinal);
        Assert.Equal("2 + 3 + 4?", Assert.Single(record.Trajectory.Task).Text);
        Assert.Single(TrainingExamples.Of(record, TrainingStage.SelfPractising));
    }

    [Fact]
    public async Task Practice_that_comes_to_another_answer_gives_no_data()
    {
        var record = await new Examiner(new Scripts("unasked").Model, new Scripts("Answer: 8").Model, StepRule.GoldResults).PractiseAsync(_task);

        Assert.False(record.IsRight);
        Assert.Empty(TrainingExamples.Of(record, TrainingStage.SelfPractising));
    }

    [Fact]
    public async Task A_model_that_practises_with_tools_is_told_what_came_of_each_step()
    {
        var cloud = new Scripts("2 + 3", "5 + 4", "Answer: 9");
        var options = new ExaminerOptions();
        options.Steps.Observe = (trajectory, _) => new(trajectory.Steps.Length == 1 ? "5" : null);

        var record = await new Examiner(new Scripts("unasked").Model, cloud.Model, StepRule.GoldResults, options).PractiseAsync(_task);

        Assert.True(record.IsRight);
        Assert.Equal(["5", null, null], record.Trajectory.Steps.Select(step => step.Observation));
        Assert.Equal(3, cloud.Requests.Count);
        Assert.All(cloud.Requests, request => Assert.Contains("The right answer is known: 9", request, StringComparison.Ordinal));
        Assert.Contains("Observation: 5", cloud.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_simulated_tasks_every_first_mistake_is_corrected_and_every_cost_accounted_for()
    {
        using var tasks = new SimulatedTasks(new StepSimulation(seed: 3, tasks: 400));
        var examiner = tasks.CreateExaminer();
        List<TrajectoryRecord> records = [];
        foreach (var task in tasks.All)
        {
            var record = await examiner.ExamineAsync(task);
            records.Add(record);

            Assert.Equal(tasks.IsRight(task, string.Join('\n', record.Trajectory.Steps.Select(step => step.Text))), record.IsRight);
            Assert.Equal(record.Cost, record.Trajectory.Steps.Sum(step => step.Spent!.Value.Cost));
            var corrected = record.Trajectory.Steps.FirstOrDefault(step => step.Rejected.Count > 0);
            Assert.Equal(corrected is null ? 0 : 1, record.Trajectory.Steps.Count(step => step.IsByExpert));
            if (corrected is not null)
            {
                var place = record.Trajectory.Steps.IndexOf(corrected);
                Assert.Equal(place, tasks.FirstWrong(task, record.Trajectory with { Steps = record.Trajectory.Steps.SetItem(place, corrected.Rejected[0]) }));
            }
        }

        Assert.Equal(tasks.Charged, records.Sum(record => record.Cost));

        // Right are tasks with one mistake at most: 0.85^n + n 0.15 0.85^(n-1) 0.99 over n of 4 to 8 gives 0.772.
        Assert.InRange(records.Average(record => record.IsRight == true ? 1.0 : 0), 0.772 - 0.09, 0.772 + 0.09);
        Assert.NotEmpty(records.SelectMany(record => TrainingExamples.Of(record, TrainingStage.CollaborativeExamination)));
        Assert.Equal(
            records.Sum(record => record.Trajectory.Steps.Sum(step => step.Rejected.Count)),
            records.SelectMany(record => TrainingExamples.Of(record, TrainingStage.ReflectiveLearning)).Count(example => example.Segments[^1] is { Kind: TrainingKinds.CheckAnswer } answer && answer.Text == CheckPrompt.Default.Wrong));
    }

    [Fact]
    public async Task Over_simulated_tasks_practice_costs_one_call_each()
    {
        using var tasks = new SimulatedTasks(new StepSimulation(seed: 3, tasks: 50));
        var examiner = tasks.CreateExaminer();
        var records = await Task.WhenAll(tasks.All.Select(task => examiner.PractiseAsync(task)));

        Assert.Equal((50, 0), (tasks.Cloud.Calls, tasks.Local.Calls));
        Assert.Equal(tasks.Charged, records.Sum(record => record.Cost));
        Assert.All(records.Zip(tasks.All), pair => Assert.Equal(pair.First.IsRight, tasks.FirstWrong(pair.Second, pair.First.Trajectory) is null));
    }

    [Fact]
    public void Options_outside_their_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Create(options => options.MaxCorrections = -1));
        Assert.Throws<ArgumentException>(() => Create(options => options.LocalName = " "));
        Assert.Throws<ArgumentException>(() => Create(options => options.Steps.MaxSteps = 0));
    }

    private static Task<TrajectoryRecord> ExamineAsync(Scripts local, Scripts cloud, IStepRule rule, Action<ExaminerOptions>? configure = null)
    {
        var options = new ExaminerOptions();
        configure?.Invoke(options);
        return new Examiner(local.Model, cloud.Model, rule, options).ExamineAsync(_task);
    }

    private static void Create(Action<ExaminerOptions> configure)
    {
        var options = new ExaminerOptions();
        configure(options);
        _ = new Examiner(new ScriptedGenerator("a"), new ScriptedGenerator("b"), StepRule.GoldResults, options);
    }
}
