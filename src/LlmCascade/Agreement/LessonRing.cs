using LlmCascade.Calibration;

namespace LlmCascade.Agreement;

/// <summary>The latest lessons of a calibrator: what was seen, whether it matched, how much it counts. One writer.</summary>
internal sealed class LessonRing(int capacity)
{
    private readonly Queue<(double[] Features, bool Matches, double Importance)> _lessons = [];

    public bool HasBothOutcomes => _lessons.Any(each => each.Matches) && _lessons.Any(each => !each.Matches);

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It makes no sense.</exception>
    public static LessonRing Read(BinaryReader reader, int features)
    {
        var count = reader.ReadInt32();
        var ring = new LessonRing(Math.Max(count, 0));
        for (var i = 0; i < count; i++)
        {
            var row = new double[features];
            for (var j = 0; j < features; j++)
            {
                row[j] = reader.ReadDouble();
            }

            var (matches, importance) = (reader.ReadBoolean(), reader.ReadDouble());
            if (!Array.TrueForAll(row, double.IsFinite) || importance is not (>= 1 and < double.PositiveInfinity))
            {
                throw new InvalidDataException("A lesson of the calibrator holds an impossible number.");
            }

            ring.Add(row, matches, importance);
        }

        return ring;
    }

    public void Add(double[] features, bool matches, double importance)
    {
        _lessons.Enqueue((features, matches, importance));
        while (_lessons.Count > capacity)
        {
            _lessons.Dequeue();
        }
    }

    /// <summary>Takes over what was read.</summary>
    public void Install(LessonRing other)
    {
        _lessons.Clear();
        foreach (var (features, matches, importance) in other._lessons)
        {
            Add(features, matches, importance);
        }
    }

    public RidgeRegression Fit() => RidgeRegression.Fit(
        [.. _lessons.Select(each => each.Features)],
        [.. _lessons.Select(each => each.Matches ? 1.0 : 0)],
        [.. _lessons.Select(each => each.Importance)],
        isLogistic: true);

    public void Write(BinaryWriter writer)
    {
        writer.Write(_lessons.Count);
        foreach (var (features, matches, importance) in _lessons)
        {
            foreach (var value in features)
            {
                writer.Write(value);
            }

            writer.Write(matches);
            writer.Write(importance);
        }
    }
}
