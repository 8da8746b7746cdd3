using LlmCascade.Evaluation;
using LlmCascade.Evaluation.Ensembles;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class RecordedAnswersTests
{
    [Fact]
    public void What_a_row_holds_is_read()
    {
        using var files = new TemporaryFiles();
        var data = RecordedAnswers.Load(files.Write("answers.jsonl", """
            {"id":"1","category":"writing","prompt":"more","first_turn":"less","first_answer":"so","reference":"right","outputs":{"b":{"text":"yes","score":-2.5},"a":{"text":"no","score":1e1}}}

            {"id":"2","prompt":"more","first_turn":null,"outputs":{"b":{"text":"yes","score":0},"a":{"text":"no","score":1}}}
            """));

        Assert.Equal(["b", "a"], data.Models);
        Assert.Equal(new RecordedAnswer("yes", -2.5), data.Prompts[0].Answers["b"]);
        Assert.Equal(("1", "more", "right", "less", "so"), (data.Prompts[0].Id, data.Prompts[0].Text, data.Prompts[0].Reference, data.Prompts[0].FirstTurn, data.Prompts[0].FirstAnswer));
        Assert.Equal((null, null), (data.Prompts[1].Reference, data.Prompts[1].FirstTurn));
    }

    [Fact]
    public void Earlier_turns_are_messages_of_their_own()
    {
        var answers = new Dictionary<string, RecordedAnswer> { ["a"] = new("no", 0), ["b"] = new("no", 0), ["t"] = new("no", 0) };
        var data = new RecordedAnswers(
        [
            new RecordedPrompt("1", "And now?", answers) { FirstTurn = "What then?", FirstAnswer = "Nothing." },
            new RecordedPrompt("2", "And now?", answers) { FirstTurn = "What then?" },
            new RecordedPrompt("3", "And now?", answers),
        ]);

        var requests = new AnswerTable(data, new AgreementReplayOptions(["a", "b"], "t")).Requests;

        Assert.Equal([ChatRole.User, ChatRole.Assistant, ChatRole.User], requests[0].Messages.Select(message => message.Role));
        Assert.Equal(["What then?", "And now?"], requests[1].Messages.Select(message => message.Text));
        Assert.Equal("And now?", requests[2].Query);
        Assert.Contains("What then?", requests[1].Query, StringComparison.Ordinal);
    }

    [Fact]
    public void Answers_in_memory_are_checked_as_well()
    {
        var fine = new RecordedPrompt("1", "?", new Dictionary<string, RecordedAnswer> { ["a"] = new("no", 0) });
        var odd = new RecordedPrompt("2", "?", new Dictionary<string, RecordedAnswer> { ["a"] = new("no", double.NaN) });

        Assert.Throws<ArgumentException>(() => new RecordedAnswers([]));
        Assert.Throws<ArgumentException>(() => new RecordedAnswers([fine, fine]));
        Assert.Contains("The score of 'a' for the prompt '2' is not finite.", Assert.Throws<ArgumentException>(() => new RecordedAnswers([fine, odd])).Message, StringComparison.Ordinal);
    }
}
