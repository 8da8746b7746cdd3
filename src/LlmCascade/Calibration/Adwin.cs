using System.Runtime.InteropServices;

namespace LlmCascade.Calibration;

/// <summary>Finds out that the mean of a stream has changed: ADWIN2 of Bifet and Gavaldà (SIAM Data Mining 2007).</summary>
/// <remarks>
/// Keeps a window over the latest values and, as soon as its older and its newer part differ by more than chance allows,
/// drops the older part, bucket by bucket: one change may raise several alarms that follow each other. The window is kept
/// in buckets of doubling size, so memory and time of an update are logarithmic in its width. It tells of every change;
/// whether it is for the worse, <see cref="Mean"/> before and after tells. Not thread-safe.
/// </remarks>
internal sealed class Adwin
{
    private const int BucketsOfOneSize = 5;
    private const int ShortestPart = 5;

    private readonly double _delta;

    // The oldest and largest first.
    private readonly List<Bucket> _buckets = [];

    /// <summary>Initializes a detector that has seen nothing.</summary>
    /// <param name="delta">How readily it takes chance for a change, above 0 and below 1; the usual 0.002 gives few false alarms.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="delta"/> is outside its range.</exception>
    public Adwin(double delta = 0.002)
    {
        if (delta is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(delta), delta, "Delta lies between 0 and 1.");
        }

        _delta = delta;
    }

    /// <summary>Gets the number of values in the window.</summary>
    public long Width => Window.Count;

    /// <summary>Gets the mean of the window; not a number before the first value.</summary>
    public double Mean => Window.Mean;

    /// <summary>Gets the number of buckets that hold the window.</summary>
    internal int BucketCount => _buckets.Count;

    private Bucket Window
    {
        get
        {
            var window = default(Bucket);
            foreach (var bucket in _buckets)
            {
                window = window.Count == 0 ? bucket : window.Join(bucket);
            }

            return window;
        }
    }

    /// <summary>Takes the next value.</summary>
    /// <param name="value">A number from 0 to 1.</param>
    /// <returns>Whether the mean has changed; the window then begins later.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="value"/> is outside its range.</exception>
    public bool Update(double value)
    {
        if (value is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "A value lies between 0 and 1.");
        }

        _buckets.Add(new Bucket(1, value, 0));
        JoinEqualSizes();
        var hasChanged = false;
        while (HasDifferentParts())
        {
            _buckets.RemoveAt(0);
            hasChanged = true;
        }

        return hasChanged;
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_delta);
        writer.Write(_buckets.Count);
        foreach (var bucket in _buckets)
        {
            writer.Write(bucket.Count);
            writer.Write(bucket.Total);
            writer.Write(bucket.Deviation);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">The bytes.</param>
    /// <param name="version">The version of the learner whose bytes they are.</param>
    /// <exception cref="InvalidDataException">It is not the state of a detector.</exception>
    public static Adwin Read(BinaryReader reader, int version)
    {
        var delta = reader.ReadDouble();
        if (delta is not (> 0 and < 1))
        {
            throw new InvalidDataException($"No drift detector has a delta of {delta}.");
        }

        if (version == 1)
        {
            // After how many values it looked for a change, always 1, and how many there had been.
            _ = reader.ReadInt32();
            _ = reader.ReadInt64();
        }

        var detector = new Adwin(delta);
        var count = reader.ReadInt32();
        for (var i = 0; i < count; i++)
        {
            var bucket = new Bucket(reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble());
            var isSound = bucket.Count > 0 && bucket.Total >= 0 && bucket.Total <= bucket.Count && bucket.Deviation >= 0;
            if (!isSound)
            {
                throw new InvalidDataException("The window of the drift detector holds an impossible number.");
            }

            detector._buckets.Add(bucket);
        }

        return count >= 0 ? detector : throw new InvalidDataException("The drift detector counts below 0.");
    }

    // One more than may be of a size: the two oldest of them become one of the next size, which may be one too many there.
    private void JoinEqualSizes()
    {
        var end = _buckets.Count;
        while (end > BucketsOfOneSize && _buckets[end - 1 - BucketsOfOneSize].Count == _buckets[end - 1].Count)
        {
            var older = end - 1 - BucketsOfOneSize;
            _buckets[older] = _buckets[older].Join(_buckets[older + 1]);
            _buckets.RemoveAt(older + 1);
            end = older + 1;
        }
    }

    private bool HasDifferentParts()
    {
        var window = Window;
        var chance = Math.Log(2 * Math.Log(window.Count) / _delta);
        var variance = window.Deviation / window.Count;
        var older = 0L;
        var olderTotal = 0.0;
        foreach (var bucket in CollectionsMarshal.AsSpan(_buckets))
        {
            older += bucket.Count;
            olderTotal += bucket.Total;
            var newer = window.Count - older;
            if (newer < ShortestPart)
            {
                break;
            }

            if (older >= ShortestPart)
            {
                var shortness = (1.0 / (older - ShortestPart + 1)) + (1.0 / (newer - ShortestPart + 1));
                var allowed = Math.Sqrt(2 * shortness * variance * chance) + (2.0 / 3 * chance * shortness);
                if (Math.Abs((olderTotal / older) - ((window.Total - olderTotal) / newer)) > allowed)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Some values that follow each other, and the sum of the squares of their distances from their mean.</summary>
    private readonly record struct Bucket(long Count, double Total, double Deviation)
    {
        public double Mean => Total / Count;

        public Bucket Join(Bucket newer)
        {
            var distance = Mean - newer.Mean;
            var count = Count + newer.Count;
            return new Bucket(
                count,
                Total + newer.Total,
                Deviation + newer.Deviation + (distance * distance * Count * newer.Count / count));
        }
    }
}
