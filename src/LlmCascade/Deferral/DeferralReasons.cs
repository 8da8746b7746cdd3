namespace LlmCascade.Deferral;

/// <summary>The reasons that the policies of this library give: short stable codes, few enough to be metric tags.</summary>
public static class DeferralReasons
{
    /// <summary>The confidence reaches the threshold.</summary>
    public const string Confident = "confident";

    /// <summary>The confidence lies below the threshold.</summary>
    public const string BelowThreshold = "below-threshold";

    /// <summary>The unfinished answer could not reach the threshold any more.</summary>
    public const string ThresholdUnreachable = "threshold-unreachable";

    /// <summary>A threshold asked for a confidence and there was none.</summary>
    public const string NoConfidence = "no-confidence";

    /// <summary>Nothing about the answer is invalid.</summary>
    public const string Valid = "valid";

    /// <summary>The host's condition held.</summary>
    public const string Condition = "condition";

    /// <summary>The answer was cut at the token limit.</summary>
    public const string Truncated = "truncated";

    /// <summary>The provider's content filter cut the answer.</summary>
    public const string ContentFilter = "content-filter";

    /// <summary>The answer was given with strategies, and ends by repeating the question.</summary>
    public const string RepeatsQuestion = "repeats-question";

    /// <summary>JSON was asked for and the answer is none.</summary>
    public const string InvalidJson = "invalid-json";

    /// <summary>The answer is JSON and does not fit the schema that was asked for.</summary>
    public const string SchemaMismatch = "schema-mismatch";

    /// <summary>The arguments of a tool call do not fit the tool's schema.</summary>
    public const string InvalidToolArguments = "invalid-tool-arguments";

    /// <summary>The answer would have been kept; the expert is asked for the sake of learning.</summary>
    public const string Explored = "explored";

    /// <summary>The answer was given with a strategy that has yet to prove itself.</summary>
    public const string Quarantined = "quarantined";

    /// <summary>The expert may not be asked any more, so the answer has to do.</summary>
    public const string BudgetSpent = "budget-spent";

    /// <summary>The answer would have been kept; the expert is asked whether it is right.</summary>
    public const string Audited = "audited";

    /// <summary>A label was asked for, and the answer names none, several, or denies one.</summary>
    public const string Unparsed = "unparsed";

    /// <summary>The student answers for other labels than those that were asked for.</summary>
    public const string OtherLabels = "other-labels";

    /// <summary>The student has not learned anything yet.</summary>
    public const string Untrained = "untrained";

    /// <summary>The next student is right so much more often that its answer is worth its cost.</summary>
    public const string NextStudent = "next-student";

    /// <summary>The student is still in its warm-up, during which the expert answers.</summary>
    public const string WarmUp = "warm-up";
}
