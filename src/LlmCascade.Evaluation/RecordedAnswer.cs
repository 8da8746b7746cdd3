using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Evaluation;

/// <summary>What one model answered to a prompt, and how good that is.</summary>
/// <param name="Text">The answer; a blank one is none.</param>
/// <param name="Score">How good it is, the more the better.</param>
[Experimental("LLMC005")]
public sealed record RecordedAnswer(string Text, double Score);
