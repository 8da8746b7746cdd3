using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>A learner part of whose learning can wait, so that the rest of it is not held up.</summary>
[Experimental("LLMC001")]
internal interface IPatientLearner : IOnlineLearner
{
    /// <summary>Gets or sets how much may wait; at 0, where it starts, everything is learned with its lesson.</summary>
    int Patience { get; set; }

    /// <summary>Gets how much waits.</summary>
    int Waiting { get; }

    /// <summary>Gets the episode whose lesson is next of what waits; <see langword="null"/> where nothing does.</summary>
    string? Next { get; }

    /// <summary>Gets whether nobody can answer before the next lessons were learned, so that what waits has to wait on.</summary>
    bool IsUrgent { get; }

    /// <summary>Learns a little of what waits. It is called between lessons, when there is something.</summary>
    /// <param name="cancellationToken">Stops learning.</param>
    ValueTask CatchUpAsync(CancellationToken cancellationToken);
}
