using LlmCascade.Students;

namespace LlmCascade.Evaluation;

/// <summary>A student of a replayed cascade.</summary>
/// <param name="Name">Its name, unique in the cascade.</param>
/// <param name="Configure">Says what kind of student it is; by default a logistic regression over words. Its score is the replay's.</param>
public sealed record ReplayTier(string Name, Action<StudentOptions>? Configure = null)
{
    /// <summary>Gets what tells settings of the student apart that its name does not, in any words.</summary>
    /// <value>Empty by default. A run is taken up again only by tiers with equal names and settings.</value>
    public string Settings { get; init; } = "";

    /// <summary>Gets the student that learns by default: a logistic regression over words, <c>lr</c>.</summary>
    public static ReplayTier LogisticRegression { get; } = new("lr");
}
