namespace LlmCascade.Steps.Boundaries;

/// <summary>A thought with its action is a step; what was observed stands between two of them.</summary>
internal sealed class ThoughtActionBoundary() : StepBoundary(
    "thought-action-1",
    "\n",
    """
    Write a line that begins with "Thought:", then one with "Action:" and, where the action needs any, one with "Action Input:", and wait for the observation.
    """ + " " + AnswerInstruction,
    "Observation:")
{
    private protected override int? EndOf(ReadOnlySpan<char> text)
    {
        var start = ReActText.EndOfObservation(text);
        var (hasText, hasAction) = (false, false);
        for (var lines = new LineStarts(text[start..]); lines.MoveNext();)
        {
            var part = ReActText.PartAt(lines.Rest).Part;
            var isNext = part is ReActPart.Thought or ReActPart.Observation || (part is ReActPart.Action && hasAction);
            if (isNext && hasText)
            {
                return start + lines.Start;
            }

            hasAction |= part is ReActPart.Action;
            hasText |= part is not ReActPart.None || lines.Rest is [var first, ..] && !char.IsWhiteSpace(first);
        }

        return null;
    }

    private protected override ReadOnlySpan<char> StepIn(ReadOnlySpan<char> piece) => piece[ReActText.EndOfObservation(piece)..];
}
