namespace LlmCascade.Steps.Boundaries;

/// <summary>Each line is a step, and so is a block of code between fences.</summary>
internal sealed class LineBoundary() : StepBoundary(
    "line-1", "\n", "Work in steps, one on each line. " + AnswerInstruction, "\n")
{
    private const int ShortestFence = 3;

    private protected override int? EndOf(ReadOnlySpan<char> text)
    {
        var start = text.Length - text.TrimStart().Length;
        if (EndOfLine(text, start) is not { } end)
        {
            return null;
        }

        var fence = FenceOf(text[start..end]);
        return fence.IsEmpty ? end : EndOfBlock(text, end + 1, fence);
    }

    private static int? EndOfBlock(ReadOnlySpan<char> text, int start, ReadOnlySpan<char> fence)
    {
        while (EndOfLine(text, start) is { } end)
        {
            var line = text[start..end].Trim();
            if (line.Length >= fence.Length && !line.ContainsAnyExcept(fence[0]))
            {
                return end;
            }

            start = end + 1;
        }

        return null;
    }

    // What a line begins with that opens a block; empty where it opens none, as ```code``` does not.
    private static ReadOnlySpan<char> FenceOf(ReadOnlySpan<char> line)
    {
        if (line is not ['`' or '~', ..])
        {
            return [];
        }

        var length = line.IndexOfAnyExcept(line[0]);
        length = length < 0 ? line.Length : length;
        return length >= ShortestFence && !line[length..].Contains('`') ? line[..length] : [];
    }

    private static int? EndOfLine(ReadOnlySpan<char> text, int start) =>
        text[start..].IndexOf('\n') is var length and >= 0 ? start + length : null;
}
