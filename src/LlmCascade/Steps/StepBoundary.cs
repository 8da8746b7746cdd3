using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using LlmCascade.Steps.Boundaries;

namespace LlmCascade.Steps;

/// <summary>Where one step of a text ends and the next one begins.</summary>
/// <remarks>Immutable and thread-safe.</remarks>
[Experimental("LLMC006")]
public abstract class StepBoundary
{
    private protected const string AnswerInstruction = """End with a line that begins with "Answer:" and gives the final answer.""";

    private protected StepBoundary(string id, string separator, string instructions, params ImmutableArray<string> stopSequences)
    {
        Id = id;
        Separator = separator;
        Instructions = instructions;
        StopSequences = stopSequences;
    }

    /// <summary>Gets the boundary that takes each line for a step.</summary>
    /// <value>Blank lines are no steps. A block of code between fences is one step, with its fences, where the model is not stopped within: providers are asked to stop at the end of a line.</value>
    public static StepBoundary Line { get; } = new LineBoundary();

    /// <summary>Gets the boundary of steps that are numbered, such as <c>Step 3:</c>, <c>3.</c>, <c>3)</c> or <c>(3)</c> at the beginning of a line.</summary>
    /// <value>
    /// Text before the first number belongs to the first step. Where that one begins with the word Step, so do all of them, and a numbered
    /// list within a step divides it no further. A number such as that in <c>3.5 apples</c> begins none.
    /// </value>
    public static StepBoundary Numbered { get; } = new NumberedBoundary();

    /// <summary>Gets the boundary of ReAct: a step is a thought with its action and the action's input.</summary>
    /// <value>
    /// A step ends before a line that begins with <c>Observation:</c>, and before that of the next thought. What was observed is no step:
    /// it is left out where a text is split.
    /// </value>
    public static StepBoundary ThoughtAction { get; } = new ThoughtActionBoundary();

    /// <summary>Gets the boundary that takes each sentence for a step.</summary>
    /// <value>Points within numbers and behind common English abbreviations and initials end no sentence; a blank line does.</value>
    public static StepBoundary Sentence { get; } = new SentenceBoundary();

    /// <summary>Gets the boundary of an agent's tool iterations: each whole response is one step.</summary>
    public static StepBoundary ToolIteration { get; } = new ToolIterationBoundary();

    /// <summary>Gets a stable name with a version, part of every fingerprint.</summary>
    public string Id { get; }

    /// <summary>Gets what stands between two steps of one text.</summary>
    public string Separator { get; }

    /// <summary>Gets how a model is told to write steps, in a sentence or two.</summary>
    public string Instructions { get; }

    /// <summary>Gets what a provider is asked to stop at, so that it writes one step and is not paid for more; empty where no such text exists.</summary>
    public ImmutableArray<string> StopSequences { get; }

    /// <summary>Makes a boundary of steps that a certain text stands between.</summary>
    /// <param name="sequence">The text, which is also what a provider is asked to stop at.</param>
    /// <returns>The boundary.</returns>
    /// <exception cref="ArgumentException"><paramref name="sequence"/> is <see langword="null"/> or empty.</exception>
    public static StepBoundary StopSequence(string sequence)
    {
        ArgumentException.ThrowIfNullOrEmpty(sequence);
        return new StopSequenceBoundary(sequence);
    }

    /// <summary>Gets whether a whole response is one step, so that nobody need be told to write steps.</summary>
    internal virtual bool IsWholeResponse => false;

    /// <summary>Finds where the first step of a text ends.</summary>
    /// <param name="text">The text, which may still grow.</param>
    /// <returns>
    /// The number of characters up to its end, the same for every text that goes on from this one; <see langword="null"/> where what follows
    /// may belong to it.
    /// </returns>
    public int? FindEnd(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return EndOf(text);
    }

    /// <summary>Splits a whole text into its steps.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The steps, trimmed; none of them is empty.</returns>
    public IReadOnlyList<string> Split(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<string> steps = [];
        var rest = text.AsSpan();
        while (EndOf(rest) is { } end)
        {
            Add(steps, rest[..end]);
            rest = rest[end..];
        }

        Add(steps, rest);
        return steps;
    }

    /// <summary>Finds the end of the first step, which is never 0: what stands between two steps may come first.</summary>
    private protected abstract int? EndOf(ReadOnlySpan<char> text);

    /// <summary>Takes away from a piece of a text what does not belong to the step in it.</summary>
    private protected virtual ReadOnlySpan<char> StepIn(ReadOnlySpan<char> piece) => piece;

    private void Add(List<string> steps, ReadOnlySpan<char> piece)
    {
        if (StepIn(piece).Trim() is { IsEmpty: false } step)
        {
            steps.Add(step.ToString());
        }
    }
}
