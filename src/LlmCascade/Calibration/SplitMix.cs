namespace LlmCascade.Calibration;

/// <summary>Random numbers that are the same on every machine and in every version of .NET: SplitMix64 of Steele, Lea and Flood.</summary>
/// <remarks>Not thread-safe. Two seeds that differ give unrelated sequences.</remarks>
/// <param name="seed">The seed, or a <see cref="State"/> to go on from.</param>
internal sealed class SplitMix(ulong seed)
{
    /// <summary>Gets what a generator is made from that goes on where this one stands.</summary>
    public ulong State { get; private set; } = seed;

    /// <summary>Draws 64 bits.</summary>
    public ulong Next()
    {
        State += 0x9E3779B97F4A7C15;
        var mixed = State;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>Draws a number from 0 to below 1.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));
}
