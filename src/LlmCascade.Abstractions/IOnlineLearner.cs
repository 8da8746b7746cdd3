using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>Becomes better with every lesson.</summary>
/// <remarks>A learner has one caller at a time, in the order in which the episodes arrived. It belongs to the cascade that registered it.</remarks>
[Experimental("LLMC001")]
public interface IOnlineLearner
{
    /// <summary>Learns one lesson.</summary>
    /// <param name="lesson">The episode and its truth.</param>
    /// <param name="cancellationToken">Stops learning.</param>
    /// <returns>A task that completes when the lesson has been learned.</returns>
    ValueTask LearnAsync(Lesson lesson, CancellationToken cancellationToken = default);
}
