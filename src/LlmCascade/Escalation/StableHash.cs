namespace LlmCascade.Escalation;

/// <summary>A hash of strings that is the same on every machine and in every version of .NET: FNV-1a, then the finaliser of SplitMix64.</summary>
internal struct StableHash(ulong seed)
{
    private const ulong FnvOffset = 14695981039346656037;
    private const ulong FnvPrime = 1099511628211;

    // Mixed first: seeds that differ in a bit must not meet keys that differ in the same bit.
    private ulong _state = FnvOffset ^ Mix(seed);

    public void Add(ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            _state = (_state ^ character) * FnvPrime;
        }

        // Closes the text, so that ("ab", "c") and ("a", "bc") differ.
        _state = (_state ^ 0x10000) * FnvPrime;
    }

    public void Add(int number) => _state = (_state ^ (uint)number) * FnvPrime;

    public readonly ulong Finish() => Mix(_state);

    private static ulong Mix(ulong value)
    {
        var mixed = value + 0x9E3779B97F4A7C15;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
