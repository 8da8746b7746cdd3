namespace LlmCascade;

/// <summary>How sure a generator is of its answer, where that comes from, and from how many samples; or that nothing is known.</summary>
/// <remarks>Absent evidence is <see cref="None"/>, never a number in the middle. The default value is <see cref="None"/>.</remarks>
public readonly record struct Confidence
{
    private readonly double _value;

    private Confidence(double value, ConfidenceSource source, int sampleCount)
    {
        if (value is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A confidence lies between 0 and 1.");
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(sampleCount, 1);
        _value = value;
        Source = source;
        SampleCount = sampleCount;
    }

    /// <summary>Gets the confidence of somebody who knows nothing.</summary>
    public static Confidence None => default;

    /// <summary>Gets whether there is a confidence at all.</summary>
    public bool HasValue => Source != ConfidenceSource.None;

    /// <summary>Gets the confidence, from 0 to 1.</summary>
    /// <exception cref="InvalidOperationException">There is none; ask <see cref="HasValue"/> first.</exception>
    public double Value => HasValue ? _value : throw new InvalidOperationException("There is no confidence to read.");

    /// <summary>Gets where the value comes from.</summary>
    public ConfidenceSource Source { get; }

    /// <summary>Gets the number of samples the value rests on; 0 when there is none.</summary>
    public int SampleCount { get; }

    /// <summary>Makes a confidence that was measured, for example from token log-probabilities or from agreement.</summary>
    /// <param name="value">The value, from 0 to 1.</param>
    /// <param name="sampleCount">The number of samples it rests on, at least 1.</param>
    /// <returns>The confidence.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static Confidence Measured(double value, int sampleCount = 1) =>
        new(value, ConfidenceSource.Measured, sampleCount);

    /// <summary>Makes a confidence that a model states about itself.</summary>
    /// <inheritdoc cref="Measured"/>
    public static Confidence SelfReported(double value, int sampleCount = 1) =>
        new(value, ConfidenceSource.SelfReported, sampleCount);

    /// <summary>Makes a confidence from a sign that only hints at being right, such as the length of the answer.</summary>
    /// <inheritdoc cref="Measured"/>
    public static Confidence Proxy(double value, int sampleCount = 1) =>
        new(value, ConfidenceSource.Proxy, sampleCount);

    /// <inheritdoc/>
    public override string ToString() =>
        HasValue ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{_value:0.###} ({Source})") : "none";
}
