using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Students;

/// <summary>A classifier that learns on line from the expert's labels.</summary>
/// <remarks>
/// Many ask at once, and each is answered from the state that was published last; one caller at a time teaches, writes
/// and reads. With equal demonstrations in an equal order a student gives equal answers.
/// </remarks>
[Experimental("LLMC001")]
public interface IStudent : ICheckpointed
{
    /// <summary>Gets the labels that it chooses from.</summary>
    LabelSpace Labels { get; }

    /// <summary>Gets what one prediction costs to compute, in units of a BERT-base of 110 million parameters.</summary>
    /// <value>Above 0, and always the same.</value>
    double Cost { get; }

    /// <summary>Gets how much it has computed to learn, in steps that each cost about as much as two predictions.</summary>
    /// <value>Usually one for each demonstration each time that it was gone over. At least 0, and it never falls but by a checkpoint.</value>
    long Steps { get; }

    /// <summary>Gets whether it has learned enough to predict anything.</summary>
    bool CanPredict { get; }

    /// <summary>Predicts the label of a text.</summary>
    /// <param name="text">The text, possibly empty.</param>
    /// <param name="cancellationToken">Stops the prediction.</param>
    /// <returns>The probabilities; <see langword="null"/> where it <see cref="CanPredict"/> nothing.</returns>
    ValueTask<LabelDistribution?> PredictAsync(string text, CancellationToken cancellationToken = default);

    /// <summary>Learns one demonstration, and publishes what that changes.</summary>
    /// <param name="demonstration">A text with the expert's label.</param>
    /// <param name="cancellationToken">Stops learning.</param>
    /// <returns>A task that completes when it has been learned, or gathered for the next revision.</returns>
    ValueTask LearnAsync(Demonstration demonstration, CancellationToken cancellationToken = default);

    /// <summary>Forgets all demonstrations but the newest, because those before speak of a world that has changed.</summary>
    /// <param name="newest">How many to keep, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="newest"/> is below 0.</exception>
    void Forget(int newest);
}
