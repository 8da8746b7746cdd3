namespace SupportDesk;

/// <summary>What became of a question.</summary>
/// <param name="Question">The question.</param>
/// <param name="IsFirst">Whether it is the first of its kind, about which no note can be there.</param>
/// <param name="Confidence">How sure the small model was, or how similar the question that a cache has an answer to; <see langword="null"/> where it has none.</param>
/// <param name="IsDraftRight">Whether its answer is right.</param>
/// <param name="MayBeKept">Whether the confidence decides about it; not where something else speaks against it.</param>
/// <param name="IsKept">Whether it was the answer to the customer.</param>
internal sealed record Asked(Question Question, bool IsFirst, double? Confidence, bool IsDraftRight, bool MayBeKept, bool IsKept)
{
    /// <summary>Gets whether the answer to the customer was right. The expert always is.</summary>
    public bool IsRight => !IsKept || IsDraftRight;
}
