using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Evaluation;

/// <summary>Prompts with the answers of several models, and a score for each answer.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
[Experimental("LLMC005")]
public sealed class RecordedAnswers
{
    /// <summary>Initializes the answers from memory.</summary>
    /// <param name="prompts">The prompts, at least one.</param>
    /// <exception cref="ArgumentException">There is no prompt, an id is there twice, or a score is not finite.</exception>
    public RecordedAnswers(IEnumerable<RecordedPrompt> prompts)
    {
        ArgumentNullException.ThrowIfNull(prompts);
        Prompts = [.. prompts];
        if (Prompts.IsEmpty)
        {
            throw new ArgumentException("There is no prompt.", nameof(prompts));
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var prompt in Prompts)
        {
            if (!ids.Add(prompt.Id))
            {
                throw new ArgumentException($"The id '{prompt.Id}' is there twice.", nameof(prompts));
            }

            if (prompt.Answers.FirstOrDefault(answer => !double.IsFinite(answer.Value.Score)) is { Key: { } model })
            {
                throw new ArgumentException($"The score of '{model}' for the prompt '{prompt.Id}' is not finite.", nameof(prompts));
            }
        }

        Models = [.. Prompts.SelectMany(prompt => prompt.Answers.Keys).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Gets the prompts in their order.</summary>
    public ImmutableArray<RecordedPrompt> Prompts { get; }

    /// <summary>Gets the names of the models that answer any prompt, in the order in which they appear.</summary>
    public ImmutableArray<string> Models { get; }

    /// <summary>Reads answers from a file of JSON objects, one a line.</summary>
    /// <param name="path">
    /// The file: UTF-8, unpacked where its name ends with <c>.gz</c>. Each object has <c>id</c>, <c>prompt</c> and
    /// <c>outputs</c>, in which each model's name leads to <c>text</c> and <c>score</c>; an output whose score is <c>null</c> is
    /// not there. It may have <c>reference</c>, <c>first_turn</c> and <c>first_answer</c>. Other fields are not looked at.
    /// </param>
    /// <returns>The answers.</returns>
    /// <exception cref="InvalidDataException">A line is not as described; the message names the file, the line and what is wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static RecordedAnswers Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return RecordedLines.Read(path);
    }
}
