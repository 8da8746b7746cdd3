using LlmCascade.Calibration;
using LlmCascade.Deferral;
using LlmCascade.Steps.Boundaries;
using Microsoft.Extensions.AI;

namespace LlmCascade.Steps.Validators;

/// <summary>Notices a step that says or does what was said or done before.</summary>
internal sealed class RepeatedActionValidator() : StepValidator("repeated-action-1")
{
    protected override StepFlaw? FindFlaw(GenerationRequest request, Generation step)
    {
        if (FindRepeatedCall(request.Messages, step) is { } call)
        {
            return new(StepReasons.RepeatedAction, $"{call.Name} was called with the same arguments before");
        }

        return request.Trajectory is { } trajectory && FindRepeatedStep(trajectory, step.Response.Text) is { } number
            ? new(StepReasons.RepeatedAction, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"step {number} is the same"))
            : null;
    }

    private static FunctionCallContent? FindRepeatedCall(IReadOnlyList<ChatMessage> messages, Generation step)
    {
        var earlier = ToolHistory.SinceUser(messages).ToLookup(call => call.Name, StringComparer.Ordinal);
        return ToolCalls.In(step).Find(call => earlier[call.Name].Any(other => ToolCalls.AreSame(other, call)));
    }

    // Counted from 1, as whoever writes steps counts them.
    private static int? FindRepeatedStep(Trajectory trajectory, string text)
    {
        var action = PlainText.Of(ReActText.ActionIn(text).ToString());
        var whole = PlainText.Of(text);
        for (var i = 0; i < trajectory.Steps.Length && whole.Length > 0; i++)
        {
            var earlier = trajectory.Steps[i].Text;
            var earlierAction = action.Length > 0 ? PlainText.Of(ReActText.ActionIn(earlier).ToString()) : "";
            if (earlierAction.Length > 0 ? earlierAction == action : PlainText.Of(earlier) == whole)
            {
                return i + 1;
            }
        }

        return null;
    }
}
