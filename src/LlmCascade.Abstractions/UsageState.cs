namespace LlmCascade;

/// <summary>How much is known about the tokens of an attempt's own calls.</summary>
public enum UsageState
{
    /// <summary>Nothing was called.</summary>
    None,

    /// <summary>The provider reported the usage.</summary>
    Reported,

    /// <summary>The call was cut; the usage is what was seen until then, a lower bound.</summary>
    Partial,

    /// <summary>Something was called and no usage was reported.</summary>
    Unknown,
}
