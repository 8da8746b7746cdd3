using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Learning;

/// <summary>What became of a truth that was reported.</summary>
[Experimental("LLMC001")]
public enum FeedbackOutcome
{
    /// <summary>It is a lesson.</summary>
    Accepted,

    /// <summary>A truth about this episode was reported before, and nothing changes.</summary>
    AlreadyReported,

    /// <summary>The episode is not remembered: it never was, it has expired, or newer ones took its place.</summary>
    Unknown,

    /// <summary>Too many lessons are waiting, or learning has stopped. While the episode is remembered it can be reported again.</summary>
    Dropped,
}
