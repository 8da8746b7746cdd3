using System.Collections.Immutable;

namespace LlmCascade.Students;

/// <summary>The settings of the paper's own mode: a weight of costs, and one row of its tables per student.</summary>
/// <param name="CostWeight">The weight μ of costs against losses, at least 0. The larger it is, the less the expert is asked.</param>
/// <param name="Students">The students, in the order in which they are asked.</param>
internal sealed record PaperSettings(double CostWeight, ImmutableArray<PaperStudent> Students);
