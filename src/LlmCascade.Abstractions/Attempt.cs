using System.Collections.Immutable;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>One node of a request's attempt tree, as it stood when the tree was copied: who was asked, what came back, what was decided, what it cost.</summary>
/// <param name="Name">The tier's, member's or step's name.</param>
/// <param name="Role">What the attempt did.</param>
public sealed record Attempt(string Name, AttemptRole Role)
{
    /// <summary>Gets the answer with its evidence; <see langword="null"/> when there was none.</summary>
    public Generation? Generation { get; init; }

    /// <summary>Gets what was decided, and why.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>Gets the tokens of this attempt's own calls, without its children; <see langword="null"/> when none are known.</summary>
    public UsageDetails? Usage { get; init; }

    /// <summary>Gets how much is known about <see cref="Usage"/>.</summary>
    public UsageState UsageState { get; init; }

    /// <summary>Gets the most output tokens that this attempt's own calls could have used, as their requests limit them.</summary>
    /// <value>
    /// <see langword="null"/> when a call had no limit that its generator knows. Where an answer was cut, its tokens so
    /// far stand in <see cref="Usage"/>, and this says how many they could have become.
    /// </value>
    public long? OutputTokenLimit { get; init; }

    /// <summary>Gets the cost of this attempt's own calls as far as it is known; <see langword="null"/> when nothing is known.</summary>
    public decimal? Cost { get; init; }

    /// <summary>Gets whether <see cref="Cost"/> covers every own call; also true where nothing was called.</summary>
    public bool IsCostComplete { get; init; } = true;

    /// <summary>Gets the time from opening to closing the attempt.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Gets why the attempt broke; <see langword="null"/> when it did not.</summary>
    public Exception? Failure { get; init; }

    /// <summary>Gets whether a call ignored its cancellation and was left behind.</summary>
    public bool IsAbandoned { get; init; }

    /// <summary>Gets the attempts made inside this one, in the order in which they began.</summary>
    public ImmutableArray<Attempt> Children { get; init; } = [];

    /// <summary>Gets the child whose answer is that of this attempt, where it has one.</summary>
    internal Attempt? Answerer =>
        Children.LastOrDefault(child => child.Verdict.Decision is Decision.Keep or Decision.Abstain);

    /// <summary>Adds up this attempt and everything inside it.</summary>
    /// <returns>The sums, which say whether anything is missing from them.</returns>
    public AttemptTotals Total()
    {
        var totals = new AttemptTotals(new UsageDetails(), true, 0, true);
        AddTo(ref totals);
        return totals;
    }

    private void AddTo(ref AttemptTotals totals)
    {
        if (Usage is not null)
        {
            totals.Usage.Add(Usage);
        }

        totals = totals with
        {
            IsUsageComplete = totals.IsUsageComplete && UsageState is (UsageState.None or UsageState.Reported),
            Cost = totals.Cost + (Cost ?? 0),
            IsCostComplete = totals.IsCostComplete && IsCostComplete,
        };
        foreach (var child in Children)
        {
            child.AddTo(ref totals);
        }
    }

    /// <summary>Names the attempt and its verdict, without any text of a request or an answer.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => $"{Name} ({Role}): {Verdict.Decision}, {Verdict.Reason}";
}
