using LlmCascade.Calibration;

namespace LlmCascade.Students;

/// <summary>A student in its cascade, with what is known about how far it can be trusted.</summary>
/// <remarks>One writer learns; everybody may ask.</remarks>
internal sealed class StudentSeat
{
    private const double LearningRate = 1e-4;

    // The agreement that is reported is about the latest so many lessons.
    private const double Memory = 200;

    // Who costs more is presumed to be better until it shows that it is not.
    private const double PresumedErrors = 20;
    private const double PresumedErrorsOfNext = 16;

    // As for students: a step of learning is worth two predictions.
    private const double WorthOfStep = 2;
    private const double ParametersOfUnitCost = 110e6;

    private readonly DeferralScore _score;
    private readonly int _inputs;
    private volatile Lazy<MlpCalibrator> _calibrator;
    private volatile Adwin _surprise = new();
    private volatile Blend? _blend;
    private double _agreement = double.NaN;
    private double _errors = PresumedErrors;
    private double _errorsOfNext = PresumedErrorsOfNext;
    private long _lessons;
    private long _answers;
    private long _checks;

    public StudentSeat(string name, IStudent student, DeferralScore score, ulong seed, PaperStudent? paper = null, StudentSeat? earlier = null)
    {
        Earlier = paper is null ? earlier : null;
        _blend = Earlier is null ? null : new Blend();
        Name = name;
        Student = student;
        Paper = paper;
        _score = score;
        var labels = student.Labels.Labels.Length;
        _inputs = paper is null ? Evidence.Count(labels) : labels;
        _calibrator = new Lazy<MlpCalibrator>(() => MakeCalibrator(seed));
    }

    public string Name { get; }

    public IStudent Student { get; }

    public PaperStudent? Paper { get; }

    /// <summary>Gets who is asked before this one; <see langword="null"/> for the first, and in the paper's mode.</summary>
    public StudentSeat? Earlier { get; }

    /// <summary>Gets who calibrates its confidence; it is made when somebody asks for it, unless one is read before.</summary>
    public MlpCalibrator Calibrator => _calibrator.Value;

    /// <summary>Gets how much more often than expected the student was wrong lately: halves of one plus the difference.</summary>
    public Adwin Surprise => _surprise;

    /// <summary>Gets the rate of errors lately beyond what was expected.</summary>
    public double ExcessError => (2 * Surprise.Mean) - 1;

    /// <summary>Gets how many lessons were learned.</summary>
    public long Lessons => Volatile.Read(ref _lessons);

    /// <summary>Gets how many requests it was asked about.</summary>
    public long Answers => Interlocked.Read(ref _answers);

    /// <summary>Gets what its answers have cost to compute, the calibrator's word on each included, in predictions of this student.</summary>
    public double InferenceCost => Answers * (1 + CalibratorCost);

    /// <summary>Gets what learning has cost to compute, in predictions of this student: its steps, and before each lesson what it and its calibrator would have said, from which the calibrator learns.</summary>
    public double TrainingCost =>
        (WorthOfStep * Student.Steps) + (Volatile.Read(ref _checks) * (1 + ((2 + WorthOfStep) * CalibratorCost)));

    /// <summary>Gets how many of this student's errors would be left if the next one answered, by the latest lessons: below 1 where that one is better.</summary>
    public double ErrorsLeft => Volatile.Read(ref _errorsOfNext) / Volatile.Read(ref _errors);

    /// <summary>Gets how often the paper's cache was full.</summary>
    public long Updates => Paper is null ? Lessons : Lessons / Paper.CacheSize;

    private double CalibratorCost => MlpNetwork.Count(_inputs) / ParametersOfUnitCost / Student.Cost;

    /// <summary>Predicts the label of a text, from what this student says and what those say that are asked before it: a later one does not forget what they know.</summary>
    /// <param name="text">The text.</param>
    /// <param name="earlier">What those have said; <see langword="null"/> where they could say nothing.</param>
    /// <param name="cancellationToken">Stops the prediction.</param>
    /// <returns>The probabilities; <see langword="null"/> where this student can predict nothing.</returns>
    public async ValueTask<LabelDistribution?> PredictAsync(string text, LabelDistribution? earlier, CancellationToken cancellationToken)
    {
        var own = await Student.PredictAsync(text, cancellationToken);
        return own is null || earlier is null || _blend is not { } blend ? own : blend.Mix(earlier, own);
    }

    /// <summary>Predicts the label of a text that is about to be learned, and learns from it how to mix.</summary>
    /// <param name="text">The text.</param>
    /// <param name="label">The expert's label.</param>
    /// <param name="earlier">What those said that are asked before this one.</param>
    /// <param name="cancellationToken">Stops the prediction.</param>
    public async ValueTask<LabelDistribution?> CheckAsync(string text, int label, LabelDistribution? earlier, CancellationToken cancellationToken)
    {
        var own = await Student.PredictAsync(text, cancellationToken);
        if (own is null || earlier is null || _blend is not { } blend)
        {
            return own;
        }

        var mixed = blend.Mix(earlier, own);
        blend.Learn(earlier, own, label);
        return mixed;
    }

    /// <summary>Finds how sure the student may be called of its answer.</summary>
    public Confidence ConfidenceIn(LabelDistribution labels, string text)
    {
        var value = _score switch
        {
            DeferralScore.MaxProbability => labels.Probabilities.Max(),
            DeferralScore.Entropy => 1 - Evidence.Entropy(labels.Probabilities.AsSpan()),
            _ => 1 - DisagreementIn(labels, text),
        };
        return Confidence.Measured(Math.Clamp(value, 0, 1), (int)Math.Clamp(Lessons, 1, int.MaxValue));
    }

    /// <summary>Finds the calibrated probability of disagreeing with the expert.</summary>
    public double DisagreementIn(LabelDistribution labels, string text) => Calibrator.Predict(EvidenceOf(labels, text));

    /// <summary>Finds what the calibrator looks at. In the paper's mode those are the probabilities alone.</summary>
    public double[] EvidenceOf(LabelDistribution labels, string text) => Paper is null
        ? Evidence.Of(labels.Probabilities.AsSpan(), text.Length, Lessons)
        : [.. labels.Probabilities];

    /// <summary>Counts a request that it was asked about.</summary>
    public void CountAnswer() => Interlocked.Increment(ref _answers);

    /// <summary>Tells how the student is doing.</summary>
    public StudentState ToState() => new(Name, Lessons, Volatile.Read(ref _agreement) is var agreement && double.IsNaN(agreement) ? null : agreement);

    /// <summary>Counts a lesson that was learned.</summary>
    public void CountLesson() => Volatile.Write(ref _lessons, _lessons + 1);

    /// <summary>Counts whether the student agreed with the expert before it learned what that said.</summary>
    public void CountCheck(bool hasAgreed)
    {
        var now = hasAgreed ? 1.0 : 0.0;
        Volatile.Write(ref _agreement, double.IsNaN(_agreement) ? now : _agreement + ((now - _agreement) / Memory));
        Volatile.Write(ref _checks, _checks + 1);
    }

    /// <summary>Counts whether this student and the next one were wrong about a lesson that neither knew.</summary>
    /// <param name="isWrong">Whether this one was.</param>
    /// <param name="isNextWrong">Whether the next one was.</param>
    /// <param name="weight">For how many requests the lesson speaks.</param>
    public void CountErrors(bool isWrong, bool isNextWrong, double weight)
    {
        Volatile.Write(ref _errors, _errors + (isWrong ? weight : 0) - (_errors / Memory));
        Volatile.Write(ref _errorsOfNext, _errorsOfNext + (isNextWrong ? weight : 0) - (_errorsOfNext / Memory));
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Name);
        writer.Write(_lessons);
        Calibrator.Write(writer);
        Surprise.Write(writer);
        writer.Write(_agreement);
        writer.Write(_errors);
        writer.Write(_errorsOfNext);
        _blend?.Write(writer);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="reader">The bytes.</param>
    /// <param name="version">The version of the learner whose bytes they are.</param>
    /// <returns>What makes it the state.</returns>
    /// <exception cref="InvalidDataException">It is not the state of this seat.</exception>
    public Action Read(BinaryReader reader, int version)
    {
        var name = reader.ReadString();
        var lessons = reader.ReadInt64();
        var calibrator = MlpCalibrator.Read(reader, version);
        var surprise = Adwin.Read(reader, version);
        var agreement = reader.ReadDouble();
        var (errors, errorsOfNext) = version < 3 ? (PresumedErrors, PresumedErrorsOfNext) : (reader.ReadDouble(), reader.ReadDouble());
        var blend = _blend is null ? null : version < 3 ? new Blend() : Blend.Read(reader);
        if (name != Name || lessons < 0 || agreement is < 0 or > 1 || !(errors > 0 && errorsOfNext > 0))
        {
            throw new InvalidDataException($"It holds the student '{name}' with {lessons} lessons, where this cascade has '{Name}'.");
        }

        if (calibrator.Published.Inputs != _inputs)
        {
            throw new InvalidDataException($"The student '{Name}' has learned other labels than {Student.Labels}: its calibrator looks at {calibrator.Published.Inputs} numbers, and {_inputs} are needed.");
        }

        return () =>
        {
            _calibrator = new Lazy<MlpCalibrator>(calibrator);
            _surprise = surprise;
            _blend = blend;
            Volatile.Write(ref _errors, errors);
            Volatile.Write(ref _errorsOfNext, errorsOfNext);
            Volatile.Write(ref _agreement, agreement);
            Volatile.Write(ref _lessons, lessons);
        };
    }

    private MlpCalibrator MakeCalibrator(ulong seed)
    {
        var calibrator = new MlpCalibrator(_inputs, Paper?.LearningRate ?? LearningRate, seed);
        if (Paper is null)
        {
            CalibratorPrior.Fit(calibrator, Student.Labels.Labels.Length, new SplitMix(seed));
        }

        return calibrator;
    }
}
