using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Evaluation;

/// <summary>A prompt with the answers of several models.</summary>
/// <param name="Id">Its name, unlike that of every other prompt.</param>
/// <param name="Text">The prompt, of a conversation the last turn.</param>
/// <param name="Answers">The answers by the name of the model.</param>
[Experimental("LLMC005")]
public sealed record RecordedPrompt(string Id, string Text, IReadOnlyDictionary<string, RecordedAnswer> Answers)
{
    /// <summary>Gets the answer to compare texts with; <see langword="null"/> where there is none.</summary>
    public string? Reference { get; init; }

    /// <summary>Gets what the user said before; <see langword="null"/> where the prompt is the whole conversation.</summary>
    public string? FirstTurn { get; init; }

    /// <summary>Gets what was answered to <see cref="FirstTurn"/>; <see langword="null"/> where that is not known.</summary>
    public string? FirstAnswer { get; init; }
}
