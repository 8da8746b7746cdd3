using LlmCascade.Evaluation;
using LlmCascade.Testing;

namespace LabelStream;

/// <summary>Stands in for a large model: it is asked like one, and replies with what was recorded.</summary>
internal static class RecordedExpert
{
    public static ScriptedChatClient For(RecordedStream stream)
    {
        // The same text may be there twice, with another answer.
        var answers = stream.Items.GroupBy(item => item.Text).ToDictionary(
            group => group.Key, group => new Queue<string?>(group.Select(item => item.Expert)));
        return new ScriptedChatClient(call =>
        {
            var recorded = answers[call.Messages[^1].Text];
            return (recorded.Count > 1 ? recorded.Dequeue() : recorded.Peek()) ?? "I cannot tell.";
        });
    }
}
