using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>Finds the first wrong step of a trajectory whose task's answer is known, by a rule that fits the kind of task.</summary>
/// <remarks>Used by many tasks at once, so it must be thread-safe.</remarks>
[Experimental("LLMC006")]
public interface IStepRule
{
    /// <summary>Finds it.</summary>
    /// <param name="task">The task.</param>
    /// <param name="trajectory">
    /// The steps so far. An exam asks after each of them, with <see cref="TrajectoryEnd.Open"/> as long as more will follow: a rule that has to know how the work ended finds nothing until then.
    /// </param>
    /// <param name="cancellationToken">Stops the search.</param>
    /// <returns>The number of the step, from 0; <see langword="null"/> where the rule finds none to be wrong.</returns>
    ValueTask<int?> FindFirstWrongAsync(LabelledTask task, Trajectory trajectory, CancellationToken cancellationToken = default);
}
