using System.Diagnostics.CodeAnalysis;
using LlmCascade.Steps.Reports;

namespace LlmCascade.Steps;

/// <summary>What working step by step has cost and was good for: who wrote the steps, how well wrong ones were found, and what became of them.</summary>
/// <remarks>
/// Where wrong steps are found by chance, no switching helps, so look at <see cref="Recall"/> and <see cref="Precision"/> before anything else. What is not defined, because nothing
/// was counted or nobody knows the truth, is <see langword="null"/>.
/// </remarks>
[Experimental("LLMC006")]
public sealed record StepReport
{
    internal StepReport()
    {
    }

    /// <summary>Gets the number of tasks that were worked out step by step.</summary>
    public int Tasks { get; internal init; }

    /// <summary>Gets the number of accepted steps.</summary>
    public int Steps { get; internal init; }

    /// <summary>Gets the share of accepted steps that the expert wrote.</summary>
    public StepRate? ExpertSteps { get; internal init; }

    /// <summary>Gets the number of tasks that the expert finished alone.</summary>
    public int HandOvers { get; internal init; }

    /// <summary>Gets what all tasks have cost, as far as it is known.</summary>
    public decimal Cost { get; internal init; }

    /// <summary>Gets whether <see cref="Cost"/> covers every call; otherwise it is a lower bound.</summary>
    public bool IsCostComplete { get; internal init; }

    /// <summary>Gets the mean cost of a task; a lower bound where <see cref="IsCostComplete"/> is not so.</summary>
    public decimal? CostPerTask => Tasks == 0 ? null : Cost / Tasks;

    /// <summary>Gets the part of <see cref="Cost"/> that models were paid for judging steps.</summary>
    public decimal CostOfChecks { get; internal init; }

    /// <summary>Gets the calls of the expert: steps, hints and what was left when it took over.</summary>
    public int ExpertCalls { get; internal init; }

    /// <summary>Gets the input tokens of the expert that came from no cache.</summary>
    public long ExpertUncachedInputTokens { get; internal init; }

    /// <summary>Gets the input tokens of the expert that its provider had cached.</summary>
    public long ExpertCachedInputTokens { get; internal init; }

    /// <summary>Gets the output tokens of the expert.</summary>
    public long ExpertOutputTokens { get; internal init; }

    /// <summary>Gets whether every call of the expert reported its tokens; otherwise they are lower bounds.</summary>
    public bool IsExpertUsageComplete { get; internal init; }

    /// <summary>Gets the input tokens that the expert's calls read beyond what the task alone takes: the steps so far and the suspect ones, anew with each call.</summary>
    /// <value>
    /// Each call's input tokens minus those of the task's first call, which saw no steps; never below 0. An estimate where that was another model's, with another tokenizer. Calls without known
    /// tokens are not in it.
    /// </value>
    public long LateSwitchTokens { get; internal init; }

    /// <summary>Gets what <see cref="LateSwitchTokens"/> have cost; <see langword="null"/> where the expert's prices were not given.</summary>
    public decimal? LateSwitchCost { get; internal init; }

    /// <summary>Gets the median time from the beginning of a task until its first step was accepted.</summary>
    public TimeSpan? MedianTimeToFirstStep { get; internal init; }

    /// <summary>Gets the share of checked steps of which the introspector could tell anything.</summary>
    public StepRate? Coverage { get; internal init; }

    /// <summary>Gets the share of suspect steps that were wrong: what an alarm is worth.</summary>
    /// <value>Suspect is a step that was passed on after a check that could tell, also where the expert was then refused. It looks at the first version of each step that was checked and of which the truth is known.</value>
    public StepRate? Precision { get; internal init; }

    /// <summary>Gets the share of wrong steps that were suspect.</summary>
    /// <value>It looks at the first version of each step that was checked and of which the truth is known.</value>
    public StepRate? Recall { get; internal init; }

    /// <summary>Gets the share of wrong steps, among those written anew, whose new version is right.</summary>
    public StepRate? RepairRate { get; internal init; }

    /// <summary>Gets the share of right steps, among those written anew, whose new version is wrong.</summary>
    public StepRate? DamageRate { get; internal init; }

    /// <summary>Makes the report.</summary>
    /// <param name="episodes">The episodes of one cascade. Those without steps are passed over: requests that failed, and answers given in one go.</param>
    /// <param name="isStepRight">
    /// Tells whether a text is right as the step of that number, from 0, of that episode; <see langword="null"/> from it where nobody knows, such as behind an earlier mistake. It is asked about the
    /// first version of each step, and about the last one where it was written anew. <see langword="null"/> where no truth is known at all.
    /// </param>
    /// <param name="expertPrices">What the expert costs, for <see cref="LateSwitchCost"/>.</param>
    /// <returns>The report.</returns>
    public static StepReport Create(IEnumerable<Episode> episodes, Func<Episode, int, string, bool?>? isStepRight = null, Prices? expertPrices = null)
    {
        ArgumentNullException.ThrowIfNull(episodes);
        var tally = new StepTally(isStepRight, expertPrices);
        foreach (var episode in episodes)
        {
            if (episode.Answer?.Trajectory is { } trajectory)
            {
                tally.Add(episode, trajectory);
            }
        }

        return tally.ToReport();
    }
}
