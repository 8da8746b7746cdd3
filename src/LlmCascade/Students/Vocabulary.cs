namespace LlmCascade.Students;

/// <summary>Numbers the features of demonstrations in the order of their first occurrence, so that what is kept of them lies close together.</summary>
/// <remarks>One writer; readers may look features up meanwhile, and see a number or that there is none yet.</remarks>
/// <param name="dimension">One more than the highest index of a feature.</param>
internal sealed class Vocabulary(int dimension)
{
    // Zero is none: places are one more than numbers.
    private readonly int[] _places = new int[dimension];
    private readonly List<int> _features = [];

    public int Count => _features.Count;

    public IReadOnlyList<int> Features => _features;

    /// <summary>Finds the number of a feature.</summary>
    /// <returns>The number, or -1.</returns>
    public int Find(int feature) => Volatile.Read(ref _places[feature]) - 1;

    public int FindOrAdd(int feature)
    {
        if (_places[feature] == 0)
        {
            _features.Add(feature);
            Volatile.Write(ref _places[feature], _features.Count);
        }

        return _places[feature] - 1;
    }
}
