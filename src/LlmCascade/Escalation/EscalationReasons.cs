namespace LlmCascade.Escalation;

/// <summary>The reasons that the loop itself gives: short stable codes, few enough to be metric tags.</summary>
public static class EscalationReasons
{
    /// <summary>The expert's answer needs nobody's approval.</summary>
    public const string Expert = "expert";

    /// <summary>The answer of a nested cascade's expert.</summary>
    public const string Authoritative = "authoritative";

    /// <summary>A nested cascade's expert abstained.</summary>
    public const string Abstained = "abstained";

    /// <summary>No policy had an opinion.</summary>
    public const string Undecided = "undecided";

    /// <summary>The generator threw or returned an error as content.</summary>
    public const string Failed = "failed";

    /// <summary>The attempt took longer than its own time limit.</summary>
    public const string TimedOut = "timed-out";

    /// <summary>The request's total time limit passed.</summary>
    public const string Deadline = "deadline";

    /// <summary>The answer holds only white space, reasoning or usage.</summary>
    public const string Empty = "empty";

    /// <summary>A policy threw.</summary>
    public const string PolicyFailed = "policy-failed";

    /// <summary>The tier failed several times in a row and is left alone for a while.</summary>
    public const string Resting = "resting";

    /// <summary>The request continues a conversation that lives at another client.</summary>
    public const string Conversation = "conversation";

    /// <summary>The expert may not be asked any more, so the last tier's answer has to do.</summary>
    public const string BudgetSpent = "budget-spent";

    /// <summary>The expert was asked about an answer that was kept, beside the request.</summary>
    public const string Audited = "audited";

    /// <summary>The expert wrote a strategy about an answer, beside all requests.</summary>
    public const string Distilled = "distilled";

    /// <summary>The caller cancelled the request, or stopped reading its stream.</summary>
    public const string Cancelled = "cancelled";
}
