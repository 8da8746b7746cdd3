namespace LlmCascade.Calibration;

/// <summary>The latest lessons of a calibrator: what was seen, whether it matched, how much it counts. One writer.</summary>
internal sealed class LessonRing(int capacity)
{
    private readonly Queue<(double[] Features, bool Matches, double Importance)> _lessons = [];

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

    /// <summary>Fits a regression on the lessons and on two more of an average request, one that matched and one that did not: nothing is ever certain.</summary>
    public RidgeRegression Fit()
    {
        var rows = _lessons.Select(each => each.Features).ToList();
        double[] average = [.. rows[0].Select((_, i) => rows.Average(row => row[i]))];
        return RidgeRegression.Fit(
            [.. rows, average, average],
            [.. _lessons.Select(each => each.Matches ? 1.0 : 0), 1, 0],
            [.. _lessons.Select(each => each.Importance), 1, 1],
            isLogistic: true);
    }

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
