using System.Diagnostics.CodeAnalysis;
using LlmCascade.Steps.Logs;

namespace LlmCascade.Steps;

/// <summary>Makes training data for a local model from recorded trajectories, and writes and reads it: one JSON object a line, in UTF-8, each with the format <c>llmcascade-training-1</c>.</summary>
/// <remarks>
/// The library trains nothing itself. The examples follow the stages that are reported for AdaSwitch (arXiv 2410.13181), and show steps as
/// <see cref="ContinuationStyle.Prefill"/> does: one message of the assistant that goes on.
/// </remarks>
[Experimental("LLMC006")]
public static class TrainingExamples
{
    /// <summary>Makes the examples of a record for one stage.</summary>
    /// <param name="record">The record, with <see cref="TrajectoryRecord.IsRight"/> where the answer is known.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="options">How they are written; the defaults where it is <see langword="null"/>.</param>
    /// <returns>
    /// <para>
    /// <see cref="TrainingStage.SelfPractising"/>: the trajectory of a right record; steps have loss, task and observations have none.
    /// </para>
    /// <para>
    /// <see cref="TrainingStage.CollaborativeExamination"/>: the trajectory of a right record in which a step known to be wrong was corrected. The wrong step stands before its correction;
    /// from the first one on steps have loss, wrong ones included, and what comes before has none.
    /// </para>
    /// <para>
    /// <see cref="TrainingStage.ReflectiveLearning"/>: the same trajectory, whose steps all have loss but the wrong ones. Besides, one example for each step whose truth is known, which
    /// asks whether it is wrong, and whose answer alone has loss: each step of a right record is right, and what <see cref="TrainingOptions.IsKnownWrong"/> tells of is wrong.
    /// </para>
    /// <para>Nothing where the record holds nothing for the stage.</para>
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The stage is no known one.</exception>
    public static IReadOnlyList<TrainingExample> Of(TrajectoryRecord record, TrainingStage stage, TrainingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(record);
        var writer = new TrainingWriter(record, options ?? new TrainingOptions());
        return stage switch
        {
            TrainingStage.SelfPractising => [.. writer.Practice()],
            TrainingStage.CollaborativeExamination => [.. writer.Revision(stage)],
            TrainingStage.ReflectiveLearning => [.. writer.Revision(stage), .. writer.Checks()],
            _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "No such stage is known."),
        };
    }

    /// <summary>Writes examples behind what is in a stream.</summary>
    /// <param name="stream">The stream, which stays open.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="redact">What is written in place of a segment's text; <see langword="null"/> to write texts as they are.</param>
    /// <param name="cancellationToken">Stops between two examples, so that no line is cut.</param>
    /// <returns>A task that ends when everything is flushed.</returns>
    /// <remarks>Half a surrogate pair becomes U+FFFD; everything else is read as it was.</remarks>
    /// <exception cref="InvalidOperationException"><paramref name="redact"/> returned <see langword="null"/>.</exception>
    public static Task WriteAsync(
        Stream stream, IEnumerable<TrainingExample> examples, Func<string, string>? redact = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(examples);
        var redaction = new Redaction(redact);
        return JsonLines.WriteAsync(stream, examples.Select(example => TrainingLine.Of(example, redaction)), LogJson.Context.TrainingLine, cancellationToken);
    }

    /// <summary>Reads examples in their order, each when it is asked for. Blank lines are passed over, and so are fields that are not known.</summary>
    /// <param name="stream">The stream, which stays open.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The examples. A stream that is no such file fails while it is read, with an <see cref="InvalidDataException"/> that names the line and what is wrong.</returns>
    public static IAsyncEnumerable<TrainingExample> ReadAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return JsonLines.ReadAsync(stream, TrainingLine.CurrentFormat, LogJson.Context.TrainingLine, line => line.ToExample(), cancellationToken);
    }
}
