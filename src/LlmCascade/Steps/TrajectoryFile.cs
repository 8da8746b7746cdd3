using System.Diagnostics.CodeAnalysis;
using LlmCascade.Steps.Logs;

namespace LlmCascade.Steps;

/// <summary>Writes and reads records of trajectories: one JSON object a line, in UTF-8, each with the format <c>llmcascade-trajectory-1</c>.</summary>
/// <remarks>
/// Of the task's messages, roles and texts are kept, and nothing else. Half a surrogate pair, as models leave where they are cut, becomes U+FFFD;
/// everything else that is written is read as it was.
/// </remarks>
[Experimental("LLMC006")]
public static class TrajectoryFile
{
    /// <summary>Writes records behind what is in a stream.</summary>
    /// <param name="stream">The stream, which stays open.</param>
    /// <param name="records">The records.</param>
    /// <param name="redact">
    /// What is written in place of a text, such as one without names; <see langword="null"/> to write texts as they are. It sees every text of task, steps, explanations, hints,
    /// observations and answers, and neither ids nor names and codes.
    /// </param>
    /// <param name="cancellationToken">Stops between two records, so that no line is cut.</param>
    /// <returns>A task that ends when everything is flushed.</returns>
    /// <exception cref="InvalidOperationException"><paramref name="redact"/> returned <see langword="null"/>.</exception>
    public static Task WriteAsync(
        Stream stream, IEnumerable<TrajectoryRecord> records, Func<string, string>? redact = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(records);
        var redaction = new Redaction(redact);
        return JsonLines.WriteAsync(stream, records.Select(record => TrajectoryLine.Of(record, redaction)), LogJson.Context.TrajectoryLine, cancellationToken);
    }

    /// <summary>Reads records in their order, each when it is asked for. Blank lines are passed over, and so are fields that are not known.</summary>
    /// <param name="stream">The stream, which stays open.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <returns>The records. A stream that is no such file fails while it is read, with an <see cref="InvalidDataException"/> that names the line and what is wrong.</returns>
    public static IAsyncEnumerable<TrajectoryRecord> ReadAsync(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return JsonLines.ReadAsync(stream, TrajectoryLine.CurrentFormat, LogJson.Context.TrajectoryLine, line => line.ToRecord(), cancellationToken);
    }
}
