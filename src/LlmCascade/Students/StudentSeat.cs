using LlmCascade.Calibration;

namespace LlmCascade.Students;

/// <summary>A student in its cascade, with what is known about how far it can be trusted.</summary>
/// <remarks>One writer learns; everybody may ask.</remarks>
internal sealed class StudentSeat
{
    // Probabilities apart: how far ahead the first is, how spread they are, how long the text is, how much was learned.
    private const int MoreEvidence = 5;
    private const double LearningRate = 1e-4;

    // The agreement that is reported is about the latest so many lessons.
    private const double Memory = 200;

    // What the calibrator is made to believe at first.
    private const int BelievedDistributions = 16_000;
    private const int DistributionsPerStep = 8;

    private readonly DeferralScore _score;
    private long _lessons;
    private long _answers;
    private double _agreement = double.NaN;

    public StudentSeat(string name, IStudent student, DeferralScore score, ulong seed, PaperStudent? paper = null)
    {
        Name = name;
        Student = student;
        Paper = paper;
        _score = score;
        var labels = student.Labels.Labels.Length;
        Calibrator = new MlpCalibrator(
            paper is null ? labels + MoreEvidence : labels, paper?.LearningRate ?? LearningRate, seed);
        if (paper is null)
        {
            Begin(labels, new SplitMix(seed));
        }
    }

    public string Name { get; }

    public IStudent Student { get; }

    public PaperStudent? Paper { get; }

    public MlpCalibrator Calibrator { get; private set; }

    /// <summary>Gets how much more often than expected the student was wrong lately: halves of one plus the difference.</summary>
    public Adwin Surprise { get; private set; } = new();

    /// <summary>Gets the rate of errors lately beyond what was expected.</summary>
    public double ExcessError => (2 * Surprise.Mean) - 1;

    /// <summary>Gets how many demonstrations were learned.</summary>
    public long Lessons => Volatile.Read(ref _lessons);

    /// <summary>Gets how many requests it was asked about.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>Gets how often the paper's cache was full.</summary>
    public long Updates => Paper is null ? Lessons : Lessons / Paper.CacheSize;

    /// <summary>Finds how sure the student may be called of its answer.</summary>
    public Confidence ConfidenceIn(LabelDistribution labels, string text)
    {
        var probabilities = labels.Probabilities.AsSpan();
        var value = _score switch
        {
            DeferralScore.MaxProbability => labels.Probabilities.Max(),
            DeferralScore.Entropy => 1 - Entropy(probabilities),
            _ => 1 - DisagreementIn(labels, text),
        };
        return Confidence.Measured(Math.Clamp(value, 0, 1), (int)Math.Clamp(Lessons, 1, int.MaxValue));
    }

    /// <summary>Gathers what the calibrator looks at. The paper's sees nothing but the probabilities.</summary>
    public double[] EvidenceOf(ReadOnlySpan<double> probabilities, string text) => EvidenceOf(probabilities, text.Length, Lessons);

    private double[] EvidenceOf(ReadOnlySpan<double> probabilities, int length, long lessons)
    {
        var evidence = new double[Calibrator.Published.Inputs];
        probabilities.CopyTo(evidence);
        if (Paper is null)
        {
            var (first, second) = FirstTwo(probabilities);
            ReadOnlySpan<double> more =
            [
                first - second,
                Entropy(probabilities),
                -Math.Log(Math.Max(1 - first, 1e-6)) / 5,
                Math.Log(1 + length) / 10,
                Math.Log(1 + lessons) / 10,
            ];
            more.CopyTo(evidence.AsSpan(probabilities.Length));
        }

        return evidence;
    }

    /// <summary>Counts a request that it was asked about.</summary>
    public void CountAnswer() => Interlocked.Increment(ref _answers);

    /// <summary>Tells how the student is doing.</summary>
    public StudentState ToState() => new(Name, Lessons, double.IsNaN(Volatile.Read(ref _agreement)) ? null : _agreement);

    /// <summary>Counts a demonstration that was learned.</summary>
    public void CountLesson() => Volatile.Write(ref _lessons, _lessons + 1);

    /// <summary>Counts whether the student agreed with the expert before it learned what that said.</summary>
    public void CountAgreement(bool hasAgreed)
    {
        var now = hasAgreed ? 1.0 : 0.0;
        Volatile.Write(ref _agreement, double.IsNaN(_agreement) ? now : _agreement + ((now - _agreement) / Memory));
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Name);
        writer.Write(_lessons);
        Calibrator.Write(writer);
        Surprise.Write(writer);
        writer.Write(_agreement);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <returns>What makes it the state.</returns>
    /// <exception cref="InvalidDataException">It is not the state of this seat.</exception>
    public Action Read(BinaryReader reader)
    {
        var name = reader.ReadString();
        var lessons = reader.ReadInt64();
        var calibrator = MlpCalibrator.Read(reader);
        var surprise = Adwin.Read(reader);
        var agreement = reader.ReadDouble();
        if (name != Name || lessons < 0 || agreement is < 0 or > 1)
        {
            throw new InvalidDataException($"It holds the student '{name}' with {lessons} demonstrations, where this cascade has '{Name}'.");
        }

        var inputs = Calibrator.Published.Inputs;
        if (calibrator.Published.Inputs != inputs)
        {
            throw new InvalidDataException($"The student '{Name}' has learned other labels than {Student.Labels}: its calibrator looks at {calibrator.Published.Inputs} numbers, and {inputs} are needed.");
        }

        return () =>
        {
            Calibrator = calibrator;
            Surprise = surprise;
            Volatile.Write(ref _agreement, agreement);
            Volatile.Write(ref _lessons, lessons);
        };
    }

    // Before it has seen anything, the network believes the student: it disagrees with the expert as often as its most
    // probable label is not the right one. What it learns from lessons is where that is not so.
    private void Begin(int labels, SplitMix random)
    {
        var probabilities = new double[labels];
        for (var i = 0; i < BelievedDistributions; i++)
        {
            var spread = 4 * random.NextDouble();
            var sum = 0.0;
            foreach (ref var probability in probabilities.AsSpan())
            {
                probability = Math.Exp(spread * 2 * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5));
                sum += probability;
            }

            foreach (ref var probability in probabilities.AsSpan())
            {
                probability /= sum;
            }

            var target = 1 - probabilities.Max();
            var output = Calibrator.Forward(EvidenceOf(probabilities, (int)(4000 * random.NextDouble() * random.NextDouble()), (long)Math.Exp(9 * random.NextDouble())));
            Calibrator.Backward((output - target) / (output * (1 - output)));
            if (i % DistributionsPerStep == DistributionsPerStep - 1)
            {
                Calibrator.Step();
            }
        }
    }

    /// <summary>Finds the calibrated probability of disagreeing with the expert.</summary>
    public double DisagreementIn(LabelDistribution labels, string text) =>
        Calibrator.Predict(EvidenceOf(labels.Probabilities.AsSpan(), text));

    private static (double First, double Second) FirstTwo(ReadOnlySpan<double> probabilities)
    {
        var (first, second) = (0.0, 0.0);
        foreach (var probability in probabilities)
        {
            (first, second) = probability > first ? (probability, first) : (first, Math.Max(second, probability));
        }

        return (first, second);
    }

    // As a share of the largest that there can be.
    private static double Entropy(ReadOnlySpan<double> probabilities)
    {
        var entropy = 0.0;
        foreach (var probability in probabilities)
        {
            entropy -= probability > 0 ? probability * Math.Log(probability) : 0;
        }

        return entropy / Math.Log(probabilities.Length);
    }
}
