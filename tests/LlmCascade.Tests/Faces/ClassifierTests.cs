using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Faces;

public sealed class ClassifierTests
{
    private static readonly LabelPrompt _mood = new(new LabelSpace("positive", "negative"));

    [Theory]
    [InlineData("**Positive**", "positive")]
    [InlineData("I cannot tell.", null)]
    public async Task An_experts_reply_is_read_or_unparsed_and_never_guessed(string reply, string? label)
    {
        var result = await new CascadeClassifier(new Cascade([], Reading(reply)), _mood).ClassifyAsync("Great!");

        Assert.Equal((label, reply, "expert", true), (result.Label, result.Reply, result.AnsweredBy, result.IsFromExpert));
        Assert.Equal(label is null ? null : [1, 0], result.Labels?.Probabilities);
        Assert.Null(result.Failure);
        Assert.Equal("Great!", result.Episode!.Request.Query);
        Assert.Equal(_mood.Labels, result.Episode.Request.Labels);
    }

    [Fact]
    public async Task A_tiers_answer_has_its_own_probabilities_and_confidence()
    {
        var distribution = new LabelDistribution(_mood.Labels, 0.25, 0.75);
        var student = new FunctionGenerator((_, _) => new(new ScriptedReply("negative").ToGeneration() with
        {
            Labels = distribution,
            Confidence = Confidence.Measured(0.75),
        }));

        var result = await new CascadeClassifier(
            new Cascade([new Tier("student", new LabelingGenerator(student, _mood), KeepAll)], Reading("positive")), _mood).ClassifyAsync("Awful");

        Assert.Equal(("negative", "student", false), (result.Label, result.AnsweredBy, result.IsFromExpert));
        Assert.Same(distribution, result.Labels);
        Assert.Equal(0.75, result.Confidence.Value);
    }

    [Fact]
    public async Task An_expert_that_speaks_of_other_labels_has_not_named_one()
    {
        var other = new FunctionGenerator((_, _) => new(new ScriptedReply("true").ToGeneration() with
        {
            Labels = LabelDistribution.Certain(new LabelSpace("true", "false"), "true"),
        }));

        var result = await new CascadeClassifier(new Cascade([], new Expert(other)), _mood).ClassifyAsync("x");

        Assert.Null(result.Label);
        Assert.Null(result.Labels);
        Assert.Equal("true", result.Reply);
    }

    [Fact]
    public async Task A_failure_of_the_expert_is_the_callers()
    {
        var classifier = new CascadeClassifier(new Cascade([], Expert(ScriptedReply.Throws(new IOException("down")))), _mood);

        await Assert.ThrowsAsync<CascadeException>(() => classifier.ClassifyAsync("x"));
        await Assert.ThrowsAsync<ArgumentNullException>(() => classifier.ClassifyAsync(null!));
    }

    [Fact]
    public async Task An_empty_text_is_a_text()
    {
        var result = await new CascadeClassifier(new Cascade([], Reading("negative")), _mood).ClassifyAsync("");

        Assert.Equal("negative", result.Label);
    }

    [Fact]
    public async Task An_answer_is_given_when_its_lesson_has_been_learned()
    {
        List<Episode> learned = [];
        var settings = new CascadeSettings
        {
            Learn = async (episode, _) =>
            {
                await Task.Yield();
                learned.Add(episode);
            },
        };

        var result = await new CascadeClassifier(new Cascade([], Reading("positive"), settings), _mood).ClassifyAsync("x");

        Assert.Same(result.Episode, Assert.Single(learned));
    }

    [Fact]
    public async Task An_expert_that_is_a_cascade_is_read_like_any_other()
    {
        var inner = new Cascade([Tier("inner-small", "perhaps", DeferAll)], Expert("It is negative."));
        var outer = new Cascade([], new Expert(new LabelingGenerator(inner, _mood)));

        var result = await new CascadeClassifier(outer, _mood).ClassifyAsync("x");

        Assert.Equal(("negative", "expert", true), (result.Label, result.AnsweredBy, result.IsFromExpert));
    }

    private static Expert Reading(string reply) => new(new LabelingGenerator(new ScriptedGenerator(reply), _mood));
}
