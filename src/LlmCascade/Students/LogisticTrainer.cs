using LlmCascade.Calibration;

namespace LlmCascade.Students;

/// <summary>Learns a multinomial logistic regression from demonstrations that come one by one.</summary>
/// <remarks>
/// <para>
/// A lesson is remembered. Whenever the demonstrations have grown by a twentieth, all of them are gone over again, from where the
/// last fit ended, and a new model is published. A step for each lesson in between would make the model worse: the last
/// text would speak too loud.
/// </para>
/// <para>
/// One caller at a time; <see cref="Model"/> is for everybody. Equal lessons and an equal seed give equal bits.
/// </para>
/// </remarks>
internal sealed partial class LogisticTrainer
{
    private readonly LogisticSettings _settings;
    private readonly int _stride;
    private readonly SplitMix _random;
    private readonly List<LearnedText> _texts = [];
    private readonly DualAscent _ascent;
    private FeatureCounts _counts;
    private Vocabulary _vocabulary;
    private LogisticModel _model;
    private long _lessons;
    private long _steps;
    private int _sinceReplay;
    private float[] _rows = [];
    private float[] _variances = [];

    public LogisticTrainer(LogisticSettings settings, ulong seed)
        : this(settings, new SplitMix(seed))
    {
    }

    private LogisticTrainer(LogisticSettings settings, SplitMix random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.ClassCount, 2, nameof(settings));
        _settings = settings;
        _stride = Rows.Stride(settings.ClassCount);
        _random = random;
        _ascent = new DualAscent(settings.ClassCount, settings.EmbeddingScale);
        _counts = new FeatureCounts(settings);
        _vocabulary = new Vocabulary(settings.Dimension);
        _model = new LogisticModel(settings, _vocabulary, [], new double[settings.ClassCount], 1);
    }

    /// <summary>Gets what was published last.</summary>
    public LogisticModel Model => Volatile.Read(ref _model);

    /// <summary>Gets how many demonstrations are kept.</summary>
    public int Demonstrations => _texts.Count;

    /// <summary>Gets how often a demonstration was gone over.</summary>
    public long Steps => Volatile.Read(ref _steps);

    /// <summary>Gets whether enough lessons have come since the last replay.</summary>
    public bool IsReplayDue => _sinceReplay >= Math.Max(_settings.LeastGrowth, _settings.Growth * (_texts.Count - _sinceReplay));

    /// <summary>Learns one demonstration, with a replay when it is due.</summary>
    /// <param name="features">The distinct features, each below the dimension.</param>
    /// <param name="label">The class.</param>
    /// <param name="embedding">The embedding, where texts have one; the trainer owns it.</param>
    /// <returns>Whether there was a replay, so that the model has changed.</returns>
    public bool Learn(ReadOnlySpan<int> features, int label, float[]? embedding = null)
    {
        Remember(features, label, embedding);
        if (!IsReplayDue)
        {
            return false;
        }

        Replay();
        return true;
    }

    /// <summary>Remembers one demonstration for the next replay.</summary>
    public void Remember(ReadOnlySpan<int> features, int label, float[]? embedding = null)
    {
        Check(label, embedding ?? []);
        Add(Number(features), label, embedding ?? []);
    }

    /// <summary>Learns another label for a demonstration, or learns it as a new one where it is not known.</summary>
    /// <param name="features">The features of the demonstration.</param>
    /// <param name="label">The class that it has now.</param>
    /// <param name="embedding">The embedding of the demonstration, where texts have one.</param>
    public void Correct(ReadOnlySpan<int> features, int label, float[]? embedding = null)
    {
        Check(label, embedding ?? []);
        var numbers = Number(features);
        var place = _texts.FindLastIndex(text => text.Features.AsSpan().SequenceEqual(numbers) && text.Embedding.AsSpan().SequenceEqual(embedding));
        if (place < 0)
        {
            Add(numbers, label, embedding ?? []);
        }
        else if (_texts[place].Label != label)
        {
            _sinceReplay++;
            _counts.Add(numbers, _texts[place].Label, -1);
            Keep(place, Learned(numbers, label, _texts[place].Embedding, _texts[place].Lesson));
        }

        if (IsReplayDue)
        {
            Replay();
        }
    }

    /// <summary>Fits the weights to all demonstrations kept, and publishes them.</summary>
    public void Replay()
    {
        _sinceReplay = 0;
        var length = _vocabulary.Count * _stride;
        if (_rows.Length < length)
        {
            (_rows, _variances) = (new float[length + (length / 4)], new float[length + (length / 4)]);
        }

        var rows = _rows.AsSpan(0, length);
        var variances = _variances.AsSpan(0, length);
        Span<float> unknown = stackalloc float[_stride];
        _counts.FillVariances(_vocabulary.Count, variances, unknown);
        Fit(rows, variances);
        SetSpreads(rows, variances);
        Volatile.Write(ref _model, new LogisticModel(_settings, _vocabulary, rows.ToArray(), [.. _ascent.Bias], MeanOf(unknown))
        {
            Demonstrations = _texts.Count,
            Dense = [.. _ascent.Dense],
        });
    }

    /// <summary>Forgets all demonstrations but the newest, and fits the weights to what is left.</summary>
    /// <param name="newest">How many to keep, at least 0.</param>
    public void Forget(int newest)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(newest);
        var kept = _texts.OrderBy(text => text.Lesson).TakeLast(newest).ToList();
        var features = _vocabulary.Features;
        _vocabulary = new Vocabulary(_settings.Dimension);
        _counts = new FeatureCounts(_settings);
        _texts.Clear();
        _lessons = kept.Count;
        foreach (var text in kept)
        {
            Keep(_texts.Count, new LearnedText
            {
                Features = Array.ConvertAll(text.Features, number => _vocabulary.FindOrAdd(features[number])),
                Embedding = text.Embedding,
                Label = text.Label,
                Lesson = _texts.Count,
                Estimate = text.Estimate,
            });
        }

        Replay();
    }

    private void Check(int label, float[] embedding)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)label, (uint)_settings.ClassCount, nameof(label));
        if (_texts.Count > 0 && _texts[0].Embedding.Length != embedding.Length)
        {
            throw new InvalidOperationException($"The student learned from embeddings of {_texts[0].Embedding.Length} numbers, and is given one of {embedding.Length}.");
        }
    }

    private int[] Number(ReadOnlySpan<int> features)
    {
        var numbers = new int[features.Length];
        for (var i = 0; i < numbers.Length; i++)
        {
            numbers[i] = _vocabulary.FindOrAdd(features[i]);
        }

        return numbers;
    }

    private LearnedText Learned(int[] numbers, int label, float[] embedding, long lesson) => new()
    {
        Features = numbers,
        Embedding = embedding,
        Label = label,
        Lesson = lesson,
        Estimate = LearnedText.NoSay(label, _settings.ClassCount),
    };

    private void Add(int[] numbers, int label, float[] embedding)
    {
        _sinceReplay++;
        var lesson = _lessons++;
        var place = _texts.Count;
        if (place == _settings.Capacity)
        {
            // A sample of all lessons in which each has the same chance.
            place = (int)Math.Min(_random.NextDouble() * _lessons, int.MaxValue);
            if (place >= _texts.Count)
            {
                return;
            }

            _counts.Add(_texts[place].Features, _texts[place].Label, -1);
        }

        Keep(place, Learned(numbers, label, embedding, lesson));
    }

    private void Keep(int place, LearnedText text)
    {
        _counts.Add(text.Features, text.Label, 1);
        if (place == _texts.Count)
        {
            _texts.Add(text);
        }
        else
        {
            _texts[place] = text;
        }
    }

    private void Fit(Span<float> rows, ReadOnlySpan<float> variances)
    {
        rows.Clear();
        _ascent.Clear(_texts.Count == 0 ? 0 : _texts[0].Embedding.Length);
        var strengths = new double[_settings.ClassCount];
        for (var label = 0; label < strengths.Length; label++)
        {
            var share = (_counts.Of(label) + 1.0) / (_counts.Total + strengths.Length) * strengths.Length;
            strengths[label] = _settings.Strength * StableMath.Exp(-_settings.Balance * StableMath.Log(share));
        }

        var order = new LearnedText[_texts.Count];
        _texts.CopyTo(order);
        foreach (var text in order)
        {
            _ascent.Enter(text, strengths[text.Label], rows, variances);
        }

        for (var pass = 0; pass < _settings.Passes; pass++)
        {
            _random.Shuffle<LearnedText>(order);
            foreach (var text in order)
            {
                _ascent.Step(text, strengths[text.Label], rows, variances);
            }
        }

        // Entering costs as much as going over.
        Volatile.Write(ref _steps, _steps + ((long)order.Length * (1 + _settings.Passes)));
    }

    private void SetSpreads(Span<float> rows, ReadOnlySpan<float> variances)
    {
        for (var start = 0; start < rows.Length; start += _stride)
        {
            rows[start + Rows.Spread] = MeanOf(variances.Slice(start, _stride));
        }
    }

    private float MeanOf(ReadOnlySpan<float> variances)
    {
        var sum = 0f;
        foreach (var variance in variances.Slice(Rows.FirstClass, _settings.ClassCount))
        {
            sum += variance;
        }

        return sum / _settings.ClassCount;
    }
}
