using System.Text.Json;

namespace LlmCascade.Evaluation;

/// <summary>How much better one replay did than another one on the same items with equal seeds.</summary>
/// <param name="Accuracy">The difference of the accuracies; above 0 where it did better.</param>
/// <param name="F1">The differences of each label's F1, in the order of the labels.</param>
public sealed record ReplayComparison(ReplayDifference Accuracy, IReadOnlyDictionary<string, ReplayDifference> F1)
{
    /// <summary>Writes the comparison as one JSON object, like <see cref="ReplayReport.ToJson"/>.</summary>
    /// <returns>The object.</returns>
    public string ToJson() => JsonSerializer.Serialize(this, ReplayJsonContext.Default.ReplayComparison);
}
