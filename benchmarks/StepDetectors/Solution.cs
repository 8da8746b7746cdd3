namespace StepDetectors;

/// <summary>What somebody answered to a question.</summary>
/// <param name="Question">The id of the question.</param>
/// <param name="Author">Who answered.</param>
/// <param name="Text">The answer, with how it came about.</param>
/// <param name="IsRight">Whether the final answer is right.</param>
internal sealed record Solution(string Question, string Author, string Text, bool IsRight);
