namespace LlmCascade;

/// <summary>What an attempt did within its request.</summary>
public enum AttemptRole
{
    /// <summary>The whole request: the root of the tree.</summary>
    Cascade,

    /// <summary>A tier that may defer.</summary>
    Tier,

    /// <summary>The expert that answers when no tier's answer was kept.</summary>
    Expert,

    /// <summary>One of several generators that answer together.</summary>
    Member,

    /// <summary>A model that judges another attempt's answer.</summary>
    Judge,

    /// <summary>One reasoning step.</summary>
    Step,
}
