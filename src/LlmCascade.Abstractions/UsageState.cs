namespace LlmCascade;

/// <summary>How much is known about the tokens of an attempt's own calls.</summary>
public enum UsageState
{
    /// <summary>Nothing was called.</summary>
    None,

    /// <summary>The provider reported the usage.</summary>
    Reported,

    /// <summary>The usage is a lower bound: a call was cut, or the provider reported a part only.</summary>
    Partial,

    /// <summary>Something was called and no usage was reported.</summary>
    Unknown,
}
