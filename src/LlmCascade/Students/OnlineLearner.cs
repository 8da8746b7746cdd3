using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using LlmCascade.Calibration;

namespace LlmCascade.Students;

/// <summary>Teaches the students of one cascade, and their calibrators, from lessons.</summary>
/// <remarks>
/// Every student answers a lesson's question once more before it learns what the expert said, so that calibrators and the
/// drift detector only ever see what a student said about texts that it did not know. What the host says is the truth and
/// not the expert's opinion: it is learned, and tells nothing about agreeing with the expert.
/// </remarks>
internal sealed class OnlineLearner : IPatientLearner, ICheckpointed
{
    // A rare audit speaks for the many keeps around it, but one lesson must not shake the calibrator.
    private const double MostWeight = 10;
    private const double LeastProbability = 1e-3;

    // A student that is wrong so much more often than it expects has learned of another world.
    private const double WorldChanged = 0.15;

    private readonly LabelSpace _labels;
    private readonly PaperSettings? _paper;
    private readonly Action _onDrift;
    private readonly double[] _slopes;
    private readonly double[] _deferrals;
    private readonly double[] _losses;

    // What later students have yet to learn, the oldest first: the first one is quick and does not wait for them.
    private readonly Queue<(StudentSeat Seat, Demonstration Demonstration, string Episode)> _waiting = new();
    private bool _firstFails;
    private long _unparsed;
    private long _drifts;

    /// <summary>Initializes a learner.</summary>
    /// <param name="seats">The students, in the order in which they are asked.</param>
    /// <param name="onDrift">Is told when a student agrees with the expert less than it used to.</param>
    /// <param name="paper">The paper's own mode, or <see langword="null"/>.</param>
    public OnlineLearner(ImmutableArray<StudentSeat> seats, Action onDrift, PaperSettings? paper = null)
    {
        Seats = seats;
        _labels = seats[0].Student.Labels;
        _onDrift = onDrift;
        _paper = paper;
        _slopes = new double[seats.Length];
        _deferrals = new double[seats.Length];
        _losses = new double[seats.Length];
    }

    public ImmutableArray<StudentSeat> Seats { get; }

    /// <summary>Gets how many lessons named no label of the space, and so taught nothing.</summary>
    public long Unparsed => Volatile.Read(ref _unparsed);

    /// <summary>Gets how often a student began to agree less.</summary>
    public long Drifts => Volatile.Read(ref _drifts);

    /// <summary>Gets the fewest updates of any student.</summary>
    public long Updates => Seats.Min(seat => seat.Updates);

    /// <summary>Gets whether the paper's warm-up is over: ten updates of every student.</summary>
    public bool IsWarm => Updates >= 10;

    /// <inheritdoc />
    public int Patience { get; set; }

    /// <inheritdoc />
    public int Waiting => _waiting.Count;

    /// <inheritdoc />
    public string? Next => _waiting.TryPeek(out var next) ? next.Episode : null;

    /// <inheritdoc />
    public bool IsUrgent => !_firstFails && !Seats.Any(seat => seat.Student.CanPredict);

    public string Kind => "online-learner";

    public int Version => 3;

    public async ValueTask LearnAsync(Lesson lesson, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lesson);
        if (!_labels.Equals(lesson.Truth.Labels?.Space))
        {
            Interlocked.Increment(ref _unparsed);
            return;
        }

        var label = _labels.IndexOf(lesson.Truth.Labels!.Best);
        var text = lesson.Episode.Request.Query;
        var isCorrection = IsCorrection(lesson);

        // One that fails does not keep the others from learning.
        List<Exception> failures = [];
        if (!isCorrection && lesson.Source != TruthSource.Host)
        {
            await TryAsync(() => CheckAsync(text, label, Math.Min(1 / lesson.Propensity, MostWeight), cancellationToken), failures);
        }

        var demonstration = new Demonstration(text, label) { IsCorrection = isCorrection };
        _firstFails = !await TryAsync(() => TeachAsync(Seats[0], demonstration, cancellationToken), failures);
        foreach (var seat in Seats.AsSpan()[1..])
        {
            _waiting.Enqueue((seat, demonstration, lesson.Episode.Id));
        }

        while (_waiting.Count > Patience)
        {
            await TryAsync(() => CatchUpAsync(cancellationToken), failures);
        }

        if (failures.Count > 0)
        {
            ExceptionDispatchInfo.Throw(failures is [var only] ? only : new AggregateException(failures));
        }
    }

    /// <inheritdoc />
    public ValueTask CatchUpAsync(CancellationToken cancellationToken)
    {
        var (seat, demonstration, _) = _waiting.Dequeue();
        return TeachAsync(seat, demonstration, cancellationToken);
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Unparsed);
        writer.Write(Drifts);
        writer.Write(Seats.Length);
        foreach (var seat in Seats)
        {
            seat.Write(writer);
        }
    }

    public Action Read(BinaryReader reader, int version)
    {
        var (unparsed, drifts, count) = (reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32());
        if (unparsed < 0 || drifts < 0 || count != Seats.Length)
        {
            throw new InvalidDataException($"It holds {count} students, where this cascade has {Seats.Length}.");
        }

        Action[] installs = [.. Seats.Select(seat => seat.Read(reader, version))];
        return () =>
        {
            Volatile.Write(ref _unparsed, unparsed);
            Volatile.Write(ref _drifts, drifts);
            Array.ForEach(installs, install => install());
        };
    }

    private static async ValueTask TeachAsync(StudentSeat seat, Demonstration demonstration, CancellationToken cancellationToken)
    {
        await seat.Student.LearnAsync(demonstration, cancellationToken);
        seat.CountLesson();
    }

    private static async ValueTask<bool> TryAsync(Func<ValueTask> work, List<Exception> failures)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            failures.Add(e);
            return false;
        }
    }

    // What the expert said in the request itself was taught when the request was answered.
    private static bool IsCorrection(Lesson lesson)
    {
        foreach (var attempt in lesson.Episode.Root.Children)
        {
            if (attempt is { Role: AttemptRole.Expert, Verdict.Decision: Decision.Keep, Generation: { } said } && !ReferenceEquals(said, lesson.Truth))
            {
                return true;
            }
        }

        return false;
    }

    private async ValueTask CheckAsync(string text, int label, double weight, CancellationToken cancellationToken)
    {
        var said = new LabelDistribution[Seats.Length];
        for (var i = 0; i < said.Length; i++)
        {
            if (await Seats[i].CheckAsync(text, label, i == 0 ? null : said[i - 1], cancellationToken) is not { } labels)
            {
                return;
            }

            said[i] = labels;
        }

        WatchForDrift(said, label, text);
        Calibrate(said, label, text, weight);
        for (var i = 0; i + 1 < said.Length; i++)
        {
            Seats[i].CountErrors(IsWrong(said[i], label), IsWrong(said[i + 1], label), weight);
        }
    }

    private bool IsWrong(LabelDistribution said, int label) => said.Best != _labels.Labels[label];

    private void Calibrate(LabelDistribution[] said, int label, string text, double weight)
    {
        if (_paper is not null && Updates <= 2)
        {
            return;
        }

        for (var i = 0; i < Seats.Length; i++)
        {
            var isWrong = IsWrong(said[i], label);
            _losses[i] = CascadeObjective.Loss(said[i].Probabilities[label]);
            _deferrals[i] = Seats[i].Calibrator.Forward(Seats[i].EvidenceOf(said[i], text));
            _slopes[i] = Slope(Seats[i], _deferrals[i], isWrong, weight);
        }

        if (_paper is not null)
        {
            var gradient = new double[Seats.Length];
            double[] costs = [.. Seats.Select(seat => seat.Paper!.NextCost)];
            CascadeObjective.Evaluate(_deferrals, _losses, costs, _paper.CostWeight, gradient);
            for (var i = 0; i < gradient.Length; i++)
            {
                _slopes[i] += gradient[i];
            }
        }

        for (var i = 0; i < Seats.Length; i++)
        {
            Seats[i].Calibrator.Backward(_slopes[i]);
            Seats[i].Calibrator.Step();
        }
    }

    // The paper minimises a squared error whose target tolerates errors, and none during the warm-up; ours is cross-entropy.
    private double Slope(StudentSeat seat, double deferral, bool isWrong, double weight)
    {
        if (seat.Paper is { } paper)
        {
            return 2 * (deferral - CalibrationFactor.Target(isWrong, IsWarm ? paper.CalibrationFactor : 0));
        }

        var probability = Math.Clamp(deferral, LeastProbability, 1 - LeastProbability);
        return weight * (deferral - (isWrong ? 1 : 0)) / (probability * (1 - probability));
    }

    // Mostly what a student is unsure of comes back as a lesson, so that how often it is wrong says little; how much more
    // often than it expects says it. One that becomes better than it expects changes as well, which is no reason to worry.
    private void WatchForDrift(LabelDistribution[] said, int label, string text)
    {
        for (var i = 0; i < Seats.Length; i++)
        {
            var seat = Seats[i];
            var isWrong = IsWrong(said[i], label);
            seat.CountCheck(!isWrong);

            // The paper knows of no drift.
            if (_paper is not null || !seat.Surprise.Update((1 + (isWrong ? 1 : 0) - seat.DisagreementIn(said[i], text)) / 2) || seat.ExcessError <= 0)
            {
                continue;
            }

            Interlocked.Increment(ref _drifts);
            if (seat.ExcessError > WorldChanged)
            {
                // What it has yet to learn is the newest.
                var newest = (int)Math.Min(seat.Surprise.Width, int.MaxValue);
                seat.Student.Forget(Math.Max(0, newest - _waiting.Count(each => each.Seat == seat)));
            }

            _onDrift();
        }
    }
}
