using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>What is logged of one task that was worked out step by step; immutable.</summary>
/// <param name="Id">What the host knows the task by.</param>
/// <param name="Trajectory">The task and its steps, with who wrote each, what was rejected, what was thought of it and what it has cost.</param>
/// <remarks><see cref="TrajectoryFile"/> writes and reads records, and <see cref="TrainingExamples"/> makes training data from them.</remarks>
[Experimental("LLMC006")]
public sealed record TrajectoryRecord(string Id, Trajectory Trajectory)
{
    /// <summary>Gets what the host knows the task by.</summary>
    public string Id { get; init; } = Id ?? throw new ArgumentNullException(nameof(Id));

    /// <summary>Gets the task and its steps.</summary>
    public Trajectory Trajectory { get; init; } = Trajectory ?? throw new ArgumentNullException(nameof(Trajectory));

    /// <summary>Gets the final answer: what the steps give as it at last, or the last step itself where they mark none.</summary>
    /// <value><see langword="null"/> where the steps ended without an answer.</value>
    public string? Answer { get; init; }

    /// <summary>Gets whether the answer is right; <see langword="null"/> where nobody knows.</summary>
    public bool? IsRight { get; init; }

    /// <summary>Gets what the task has cost, in the currency of the cascade's prices, as far as it is known.</summary>
    /// <value>Checks, hints, rejected and dropped steps are in it. <see langword="null"/> where nothing is known.</value>
    public decimal? Cost { get; init; }

    /// <summary>Gets whether <see cref="Cost"/> covers every call; otherwise it is a lower bound.</summary>
    public bool IsCostComplete { get; init; }

    /// <summary>Makes the record of an episode; its id and its cost are the episode's.</summary>
    /// <param name="episode">The episode.</param>
    /// <returns>The record; <see langword="null"/> where the episode has no answer, or one that was not worked out step by step.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="episode"/> is <see langword="null"/>.</exception>
    public static TrajectoryRecord? Of(Episode episode)
    {
        ArgumentNullException.ThrowIfNull(episode);
        if (episode.Answer?.Trajectory is not { } trajectory)
        {
            return null;
        }

        var total = episode.Root.Total();
        return Of(episode.Id, trajectory) with { Cost = total.Cost, IsCostComplete = total.IsCostComplete };
    }

    /// <summary>Makes the record of a trajectory; its cost is what the steps say.</summary>
    /// <param name="id">What the host knows the task by.</param>
    /// <param name="trajectory">The trajectory.</param>
    /// <returns>The record.</returns>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public static TrajectoryRecord Of(string id, Trajectory trajectory)
    {
        ArgumentNullException.ThrowIfNull(id);
        ArgumentNullException.ThrowIfNull(trajectory);
        var spent = trajectory.Steps.Select(step => step.Spent).OfType<AttemptTotals>().ToList();
        return new TrajectoryRecord(id, trajectory)
        {
            Answer = trajectory is { End: TrajectoryEnd.Answered, Steps: [.., { } last] }
                ? FinalAnswer.Of(string.Join('\n', trajectory.Steps.Select(step => step.Text))) is { Length: > 0 } answer ? answer : last.Text
                : null,
            Cost = spent.Count == 0 ? null : spent.Sum(totals => totals.Cost),
            IsCostComplete = spent.Count > 0 && spent.TrueForAll(totals => totals.IsCostComplete),
        };
    }

    /// <summary>Names the record without its texts.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => $"{Id}: {Trajectory}";
}
