using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Agreement;

/// <summary>The reasons that several candidates give: short stable codes, few enough to be metric tags.</summary>
/// <remarks>A candidate drops out as well with the reasons of <see cref="Deferral.ValidityPolicy"/>, such as an answer that was cut off.</remarks>
[Experimental("LLMC005")]
public static class AgreementReasons
{
    /// <summary>Fewer than two candidates gave an answer that can be compared.</summary>
    public const string TooFewAnswers = "too-few-answers";

    /// <summary>The candidate's answer was compared.</summary>
    public const string Compared = "compared";

    /// <summary>The candidate's answer was compared, and comes from an attempt that was paid for before.</summary>
    public const string Reused = "reused";

    /// <summary>The candidate threw, or returned an error as content.</summary>
    public const string Failed = "failed";

    /// <summary>The candidate took longer than its own time limit.</summary>
    public const string TimedOut = "timed-out";

    /// <summary>The candidate's answer holds nothing.</summary>
    public const string Empty = "empty";

    /// <summary>The candidate refused to answer.</summary>
    public const string Refused = "refused";

    /// <summary>The candidate is a cascade whose expert abstained.</summary>
    public const string Abstained = "abstained";

    /// <summary>The candidate's answer names none of the labels that others name.</summary>
    public const string Unparsed = "unparsed";

    /// <summary>The decision was certain without the candidate, which was stopped.</summary>
    public const string Unneeded = "unneeded";
}
