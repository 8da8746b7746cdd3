namespace LlmCascade.Steps.Boundaries;

/// <summary>A certain text stands between two steps.</summary>
internal sealed class StopSequenceBoundary(string sequence) : StepBoundary(
    "stop-sequence-1:" + Uri.EscapeDataString(sequence),
    sequence,
    $"Work in steps, and write {Quoted(sequence)} behind each of them. {AnswerInstruction}",
    sequence)
{
    private protected override int? EndOf(ReadOnlySpan<char> text)
    {
        var start = text.Length - StepIn(text).Length;
        return text[start..].IndexOf(Separator, StringComparison.Ordinal) is var length and >= 0 ? start + length : null;
    }

    private protected override ReadOnlySpan<char> StepIn(ReadOnlySpan<char> piece)
    {
        while (true)
        {
            if (piece.StartsWith(Separator, StringComparison.Ordinal))
            {
                piece = piece[Separator.Length..];
            }
            else if (piece is [var first, ..] && char.IsWhiteSpace(first))
            {
                piece = piece[1..];
            }
            else
            {
                return piece;
            }
        }
    }

    private static string Quoted(string sequence) =>
        !string.IsNullOrWhiteSpace(sequence) ? $"\"{sequence.Trim()}\""
        : sequence == "\n" ? "a line break"
        : sequence == "\n\n" ? "a blank line"
        : "a blank";
}
