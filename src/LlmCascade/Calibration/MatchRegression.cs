namespace LlmCascade.Calibration;

/// <summary>With which probability an answer matches the truth: a logistic regression that is fitted anew while lessons come.</summary>
/// <remarks>One writer, any number of readers, who never wait.</remarks>
internal sealed class MatchRegression(int minimumLessons, int capacity)
{
    // Fitting takes some milliseconds, so not after each lesson.
    private const int FitsAfterShare = 10;

    private const int LeastLessons = 20;
    private const int MostLessons = 10_000;

    private readonly LessonRing _lessons = new(capacity);
    private long _learned;
    private long _nextFitAt;
    private volatile RidgeRegression? _published;

    /// <summary>Gets whether there are probabilities.</summary>
    public bool IsFitted => _published is not null;

    /// <summary>Gets the number of lessons, those before a restart included.</summary>
    public long Learned => Interlocked.Read(ref _learned);

    /// <summary>Says what is wrong with options of these names; <see langword="null"/> where nothing is.</summary>
    public static string? FindMistake(int minimumLessons, int capacity) =>
        minimumLessons < LeastLessons ? $"MinimumLessons: {minimumLessons} is below {LeastLessons}."
        : capacity < minimumLessons || capacity > MostLessons ? $"Capacity: {capacity} is outside the range from MinimumLessons to 10,000."
        : null;

    /// <summary>Predicts; <see langword="null"/> where too little was learned.</summary>
    public double? Predict(double[] features) => _published?.Predict(features);

    public void Learn(double[] features, bool matches, double importance)
    {
        _lessons.Add(features, matches, importance);
        Interlocked.Increment(ref _learned);
        if (_learned >= Math.Max(minimumLessons, _nextFitAt))
        {
            _nextFitAt = _learned + (Math.Min(_learned, capacity) / FitsAfterShare);
            _published = _lessons.Fit();
        }
    }

    /// <summary>Forgets the lessons, and goes on predicting until enough new ones were learned.</summary>
    public void ForgetLessons()
    {
        _nextFitAt = _learned + minimumLessons;
        _lessons.Install(new LessonRing(0));
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(_learned);
        writer.Write(_nextFitAt);
        _lessons.Write(writer);
        writer.Write(_published is not null);
        _published?.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <returns>The action that takes it over.</returns>
    /// <exception cref="InvalidDataException">It makes no sense.</exception>
    public Action Read(BinaryReader reader, int features)
    {
        var (learned, nextFitAt) = (reader.ReadInt64(), reader.ReadInt64());
        var lessons = LessonRing.Read(reader, features);
        var regression = reader.ReadBoolean() ? RidgeRegression.Read(reader) : null;
        if (learned < 0 || nextFitAt < 0 || (regression is not null && regression.Inputs != features))
        {
            throw new InvalidDataException("The state of the calibrator holds an impossible number.");
        }

        return () =>
        {
            Interlocked.Exchange(ref _learned, learned);
            _nextFitAt = nextFitAt;
            _lessons.Install(lessons);
            _published = regression;
        };
    }
}
