namespace LlmCascade;

/// <summary>A node of the attempt tree in the hands of whoever began it, who says what came of it and closes it.</summary>
/// <remarks>The one that does the work gets it as an <see cref="AttemptContext"/>. The library makes the instances; nobody else derives from this class.</remarks>
public abstract class OpenAttempt : AttemptContext, IDisposable
{
    internal OpenAttempt()
    {
    }

    /// <summary>Gets whether this attempt, or one inside it, has shown anything to the caller.</summary>
    /// <value>
    /// A component that shows its answer in parts shows all of them: what comes from a generator that shows nothing, it
    /// hands to <see cref="AttemptContext.EmitAsync"/> itself. A cascade always shows what it keeps.
    /// </value>
    public abstract bool HasEmitted { get; }

    /// <summary>Records the answer.</summary>
    /// <param name="generation">The answer.</param>
    public abstract void Answered(Generation generation);

    /// <summary>Records what was decided.</summary>
    /// <param name="verdict">The decision with its reason.</param>
    public abstract void Judged(Verdict verdict);

    /// <summary>Records why the attempt broke.</summary>
    /// <param name="failure">The exception.</param>
    public abstract void Failed(Exception failure);

    /// <summary>Closes the attempt and fixes its latency.</summary>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Copies what is known of the attempt so far.</summary>
    internal abstract Attempt ToAttempt();

    internal abstract void Close();
}
