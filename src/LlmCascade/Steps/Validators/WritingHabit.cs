namespace LlmCascade.Steps.Validators;

/// <summary>How somebody may mean what they write.</summary>
internal enum WritingHabit
{
    /// <summary>Products before sums, and each from left to right.</summary>
    Usual,

    /// <summary>3 + 4 * 2 is 14.</summary>
    FromLeftToRight,

    /// <summary>6 / 1/2 is 12.</summary>
    FractionsFirst,
}
