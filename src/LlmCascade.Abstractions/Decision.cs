namespace LlmCascade;

/// <summary>What a policy decides about a tier, or about the expert's answer.</summary>
public enum Decision
{
    /// <summary>The policy does not know; the next one is asked.</summary>
    NoOpinion,

    /// <summary>The answer is the request's answer.</summary>
    Keep,

    /// <summary>The next tier is asked, or the expert after the last tier.</summary>
    Defer,

    /// <summary>The expert is asked; the tiers between are left out.</summary>
    DeferToExpert,

    /// <summary>The expert's answer is returned, marked as not accepted.</summary>
    Abstain,
}
