namespace LlmCascade.Escalation;

/// <summary>How a cascade treats its requests at the moment; it can be switched while requests are under way.</summary>
public enum CascadeMode
{
    /// <summary>The tiers are asked, and the expert when none of their answers is kept.</summary>
    Normal,

    /// <summary>The expert answers and the tiers are not asked; those of nested cascades are, which have modes of their own.</summary>
    ExpertOnly,

    /// <summary>As <see cref="Normal"/>, and nothing may be learned from the episodes.</summary>
    FreezeLearning,

    /// <summary>
    /// The expert is called at once and answers. The tiers run beside it, where they can neither delay the request nor
    /// fail it; what came of them is told to <see cref="CascadeSettings.OnAddendum"/>.
    /// </summary>
    Shadow,
}
