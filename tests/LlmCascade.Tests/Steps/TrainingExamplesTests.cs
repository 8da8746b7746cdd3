using CsCheck;
using LlmCascade.Steps;
using Xunit;
using static LlmCascade.Tests.Steps.JsonLinesText;
using static LlmCascade.Tests.Steps.SampleRecords;

namespace LlmCascade.Tests.Steps;

public sealed class TrainingExamplesTests
{
    private static readonly string _instructions = StepBoundary.Line.Instructions;

    [Fact]
    public void In_the_first_stage_steps_have_loss_and_task_and_observations_have_none()
    {
        var example = Assert.Single(TrainingExamples.Of(Corrected, TrainingStage.SelfPractising));

        Assert.Equal(("t1", TrainingStage.SelfPractising), (example.Id, example.Stage));
        Assert.Equal(
            [
                new("system", "Be brief.", false, TrainingKinds.Task),
                new("user", $"2 + 3 + 4?\n\n{_instructions}", false, TrainingKinds.Task),
                new("assistant", "2 + 3 = 5\n", true, TrainingKinds.Step),
                new("assistant", "Observation: 5\n", false, TrainingKinds.Observation),
                new("assistant", "5 + 4 = 9\n", true, TrainingKinds.Step),
                new("assistant", "Answer: 9", true, TrainingKinds.Step),
            ],
            example.Segments);
    }

    [Fact]
    public void In_the_second_stage_the_wrong_step_has_loss_and_what_comes_before_it_has_none() => Assert.Equal(
        [
            "task -", "task -",
            "step -", "observation -", "wrong-step +", "correction +", "step +",
        ],
        Masks(Assert.Single(TrainingExamples.Of(Corrected, TrainingStage.CollaborativeExamination))));

    [Fact]
    public void In_the_third_stage_the_same_trajectory_has_its_wrong_step_masked()
    {
        var examination = TrainingExamples.Of(Corrected, TrainingStage.CollaborativeExamination)[0];
        var reflection = TrainingExamples.Of(Corrected, TrainingStage.ReflectiveLearning)[0];

        Assert.Equal(["task -", "task -", "step +", "observation -", "wrong-step -", "correction +", "step +"], Masks(reflection));
        Assert.Equal(examination.Segments.Select(segment => segment.Text), reflection.Segments.Select(segment => segment.Text));
        Assert.Equal("5 + 4 = 8\n", reflection.Segments[4].Text);
    }

    [Fact]
    public void In_the_third_stage_each_step_whose_truth_is_known_is_asked_about_with_the_words_of_the_check()
    {
        var prompt = CheckPrompt.Default;
        var checks = TrainingExamples.Of(Corrected, TrainingStage.ReflectiveLearning).Skip(1).ToList();
        var steps = Corrected.Trajectory.Steps;

        Assert.Equal(["t1/check-1", "t1/check-2", "t1/check-3", "t1/check-4"], checks.Select(check => check.Id));
        Assert.Equal([prompt.Right, prompt.Wrong, prompt.Right, prompt.Right], checks.Select(check => check.Segments[^1].Text));
        Assert.All(checks, check => Assert.True(check.Segments[^1] is { HasLoss: true, Role: "assistant", Kind: TrainingKinds.CheckAnswer }));
        Assert.All(checks, check => Assert.All(check.Segments.SkipLast(1), segment => Assert.True(segment is { HasLoss: false, Kind: TrainingKinds.CheckQuestion })));
        Assert.Equal(
            prompt.Render(Corrected.Trajectory with { Steps = steps[..1], End = TrajectoryEnd.Open }, "5 + 4 = 8").Select(message => (message.Role.Value, message.Text)),
            checks[1].Segments.SkipLast(1).Select(segment => (segment.Role, segment.Text)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public void Of_a_record_that_is_not_known_to_be_right_only_what_is_known_to_be_wrong_is_used(bool? isRight)
    {
        var record = Corrected with { IsRight = isRight };

        Assert.Empty(TrainingExamples.Of(record, TrainingStage.SelfPractising));
        Assert.Empty(TrainingExamples.Of(record, TrainingStage.CollaborativeExamination));
        var check = Assert.Single(TrainingExamples.Of(record, TrainingStage.ReflectiveLearning));
        Assert.Equal(CheckPrompt.Default.Wrong, check.Segments[^1].Text);
    }

    [Fact]
    public void A_step_that_was_merely_suspected_is_not_known_to_be_wrong_unless_the_host_says_so()
    {
        var steps = Corrected.Trajectory.Steps;
        var suspect = new ReasoningStep("5 + 4 = 8", "local") { Check = new StepCheck("other") { ErrorProbability = 1 } };
        var record = Corrected with { Trajectory = Corrected.Trajectory with { Steps = steps.SetItem(1, steps[1] with { Rejected = [suspect] }) } };

        Assert.Empty(TrainingExamples.Of(record, TrainingStage.CollaborativeExamination));
        Assert.All(TrainingExamples.Of(record, TrainingStage.ReflectiveLearning), check => Assert.Equal(CheckPrompt.Default.Right, check.Segments[^1].Text));
        Assert.Single(TrainingExamples.Of(record, TrainingStage.CollaborativeExamination, new TrainingOptions { IsKnownWrong = step => step == suspect }));
    }

    [Fact]
    public void Boundary_instructions_and_check_are_those_that_the_model_will_meet()
    {
        var options = new TrainingOptions
        {
            Boundary = StepBoundary.StopSequence("\n\n"),
            Instructions = "Step by step.",
            CheckPrompt = new CheckPrompt(wrong: "bad", right: "good"),
        };

        var examples = TrainingExamples.Of(Corrected, TrainingStage.ReflectiveLearning, options);

        Assert.Equal("2 + 3 + 4?\n\nStep by step.", examples[0].Segments[1].Text);
        Assert.Equal(
            "2 + 3 = 5\nObservation: 5\n\n5 + 4 = 8\n\n5 + 4 = 9\n\nAnswer: 9",
            string.Concat(examples[0].Segments.Where(segment => segment.Kind != TrainingKinds.Task).Select(segment => segment.Text)));
        Assert.Equal(["good", "bad", "good", "good"], examples.Skip(1).Select(check => check.Segments[^1].Text));
    }

    [Fact]
    public void Without_wrong_steps_the_assistants_message_is_what_a_model_that_goes_on_is_shown() => Any.Where(record => !record.Trajectory.Steps.IsEmpty).Sample(record =>
    {
        var example = Assert.Single(TrainingExamples.Of(record with { IsRight = true }, TrainingStage.SelfPractising));
        var shown = new StepPrompt(StepBoundary.Line, null)
            .ForNext(new GenerationRequest(record.Trajectory.Task), record.Trajectory, [], ContinuationStyle.Prefill).Messages;

        Assert.Equal(shown[^1].Text, StringOf(example.Segments.Where(segment => segment.Kind != TrainingKinds.Task).Select(segment => segment.Text)));
        Assert.Equal(shown.SkipLast(1).Select(message => message.Text), example.Segments.Where(segment => segment.Kind == TrainingKinds.Task).Select(segment => segment.Text));
    });

    [Fact]
    public Task What_is_written_is_read_as_it_was() =>
        (from id in Text
         from stage in Gen.OneOfConst(Enum.GetValues<TrainingStage>())
         from segments in Gen.Select(Text, Text, Gen.Bool, Text).Array[0, 5]
         select new TrainingExample(id, stage, [.. segments.Select(each => new TrainingSegment(each.Item1, each.Item2, each.Item3, each.Item4))]))
        .Array[0, 3].SampleAsync(async examples =>
        {
            var read = await ReadExamplesAsync(await WriteAsync(examples));

            Assert.Equal(examples.Select(example => (Proper(example.Id), example.Stage)), read.Select(example => (example.Id, example.Stage)));
            Assert.Equal(
                examples.SelectMany(example => example.Segments).Select(segment => new TrainingSegment(Proper(segment.Role), Proper(segment.Text), segment.HasLoss, Proper(segment.Kind))),
                read.SelectMany(example => example.Segments));
        });

    [Fact]
    public async Task A_line_says_its_format_and_texts_can_be_redacted()
    {
        var example = new TrainingExample("t", TrainingStage.ReflectiveLearning, [new TrainingSegment("assistant", "secret", true, TrainingKinds.Step)]);

        Assert.Equal(
            """{"format":"llmcascade-training-1","id":"t","stage":"reflectiveLearning","segments":[{"role":"assistant","text":"***","hasLoss":true,"kind":"step"}]}""" + "\n",
            await WriteAsync([example], _ => "***"));
    }

    [Theory]
    [InlineData("""{"format":"llmcascade-trajectory-1","id":"a","task":[],"steps":[],"end":"open"}""", "'llmcascade-trajectory-1'")]
    [InlineData("""{"format":"llmcascade-training-1","id":"a","stage":"fourth","segments":[]}""", "$.stage")]
    [InlineData("""{"format":"llmcascade-training-1","id":"a","stage":"selfPractising","segments":[{"role":"user","text":"x","kind":"task"}]}""", "hasLoss")]
    public async Task A_bad_line_is_named_with_what_is_wrong(string line, string what)
    {
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => ReadExamplesAsync("\n" + line));

        Assert.StartsWith("Line 2: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(what, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_that_is_not_known_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TrainingExamples.Of(Corrected, (TrainingStage)7));

    // A separator follows where the next step is to be written.
    private static string StringOf(IEnumerable<string> segments) => string.Concat(segments) + StepBoundary.Line.Separator;

    private static IEnumerable<string> Masks(TrainingExample example) => example.Segments.Select(segment => $"{segment.Kind} {(segment.HasLoss ? "+" : "-")}");
}
