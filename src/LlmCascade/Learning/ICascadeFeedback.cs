using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Learning;

/// <summary>Takes truths that become known after a request was answered, and teaches them to the cascade's learners.</summary>
/// <remarks>
/// Thread-safe. Recent episodes are remembered as <see cref="LearningOptions.FeedbackCapacity"/> and
/// <see cref="LearningOptions.FeedbackExpiry"/> say, in memory: a restart forgets them. Those whose request or mode
/// forbids learning are not remembered at all. A truth that is reported before its episode's turn to be learned takes the
/// place of the expert's answer there.
/// </remarks>
[Experimental("LLMC001")]
public interface ICascadeFeedback
{
    /// <summary>Teaches which label is the right one for an episode's text, once.</summary>
    /// <param name="episodeId">The id of the episode, <see cref="Classification.Episode"/>'s.</param>
    /// <param name="label">The label, one of those that the request asked for. Case counts.</param>
    /// <param name="cancellationToken">Stops waiting. A truth that has been accepted is learned all the same.</param>
    /// <returns>
    /// What became of the truth, once it has been learned; in the background, once it waits to be learned. Its source is
    /// <see cref="TruthSource.Host"/>.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="episodeId"/> or <paramref name="label"/> is empty, the request asked for no label, or
    /// <paramref name="label"/> is none of those that it asked for. Nothing changes, and it can be reported again.
    /// </exception>
    ValueTask<FeedbackOutcome> ReportLabelAsync(string episodeId, string label, CancellationToken cancellationToken = default);

    /// <summary>Teaches the truth about an episode, once.</summary>
    /// <param name="episodeId">The id of the episode, as the trace of the response tells it.</param>
    /// <param name="truth">
    /// What the right answer is. It is not asked whether it may be learned from, as the expert's answers are; and it
    /// is a lesson of its own where the expert's answer has been learned already. Learners can tell by its source.
    /// </param>
    /// <param name="source">Where the truth comes from, usually <see cref="TruthSource.Host"/>.</param>
    /// <param name="cancellationToken">Stops waiting. A truth that has been accepted is learned all the same.</param>
    /// <returns>
    /// What became of the truth, once it has been learned; in the background, once it waits to be learned. A learner
    /// that fails is logged and not told here.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="episodeId"/> is empty, <paramref name="source"/> is no source, or <paramref name="truth"/> has no
    /// label of those that are learned where nothing but students learns.
    /// </exception>
    ValueTask<FeedbackOutcome> ReportAsync(
        string episodeId, Generation truth, TruthSource source, CancellationToken cancellationToken = default);
}
