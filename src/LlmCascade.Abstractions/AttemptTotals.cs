using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>What an attempt and everything inside it used and cost, as far as it is known.</summary>
/// <param name="Usage">The sum of the known tokens.</param>
/// <param name="IsUsageComplete">Whether every call reported its usage in full; otherwise the sum is a lower bound.</param>
/// <param name="Cost">The sum of the known costs.</param>
/// <param name="IsCostComplete">Whether the cost of every call is known; otherwise the sum is a lower bound.</param>
public readonly record struct AttemptTotals(UsageDetails Usage, bool IsUsageComplete, decimal Cost, bool IsCostComplete);
