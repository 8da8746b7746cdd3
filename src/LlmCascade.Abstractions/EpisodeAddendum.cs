using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>What was done for an episode beside its answer, and became known after the episode was published; immutable.</summary>
/// <param name="Episode">The episode as it was published, with the answer to compare with.</param>
/// <param name="Root">
/// A tree of its own under the same episode id: in Shadow its children are the tiers with their answers, verdicts and
/// costs, and its <see cref="Attempt.Generation"/> is the answer that would have been kept, <see langword="null"/> when
/// the expert would have been asked. In an audit its child is the expert, and the answer is the expert's. What it cost is in no
/// usage that was handed out.
/// </param>
[Experimental("LLMC002")]
public sealed record EpisodeAddendum(Episode Episode, Attempt Root)
{
    /// <summary>Names the addendum, without any text of its request or its answers.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => $"addendum to {Episode}";
}
