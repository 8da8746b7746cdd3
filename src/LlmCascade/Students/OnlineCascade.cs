using System.Collections.Immutable;
using LlmCascade.Calibration;
using LlmCascade.Deferral;

namespace LlmCascade.Students;

/// <summary>The students of one cascade: who answers in their tiers, who decides, and what they learn together.</summary>
internal sealed class OnlineCascade : IDisposable
{
    private readonly IReadOnlyList<StudentOptions> _options;
    private readonly SpendingController? _controller;
    private readonly PaperSettings? _paper;
    private readonly double _expertCost;

    /// <summary>Initializes the students of a cascade.</summary>
    /// <param name="labels">The labels that they choose from.</param>
    /// <param name="students">Their names and options, in the order in which they are asked.</param>
    /// <param name="seed">What their random draws come from.</param>
    /// <param name="controller">Who spends the budget of the expert; <see langword="null"/> without a budget.</param>
    /// <param name="paper">The paper's own mode, or <see langword="null"/>.</param>
    /// <param name="expertCost">What a call of the expert costs, in answers of a BERT-base.</param>
    /// <param name="services">Where students find what they look at texts with; <see langword="null"/> where there is no container.</param>
    /// <exception cref="InvalidOperationException">The host has made a student of other labels, or none.</exception>
    public OnlineCascade(
        LabelSpace labels,
        IReadOnlyList<(string Name, StudentOptions Options)> students,
        ulong seed,
        SpendingController? controller,
        PaperSettings? paper = null,
        double expertCost = CascadeObjective.ExpertCost,
        IServiceProvider? services = null)
    {
        _expertCost = expertCost;
        _options = [.. students.Select(student => student.Options)];
        _controller = controller;
        _paper = paper;
        var random = new SplitMix(seed);
        var seats = ImmutableArray.CreateBuilder<StudentSeat>(students.Count);
        foreach (var (name, options) in students)
        {
            var own = paper?.Students[seats.Count];
            var student = Make(name, CreatorOf(options, own, services), labels, random.Next());
            seats.Add(new StudentSeat(name, student, options.Score, random.Next(), own, seats.Count == 0 ? null : seats[^1]));
        }

        Learner = new OnlineLearner(seats.MoveToImmutable(), SpendMore, paper);
    }

    /// <summary>Gets who learns.</summary>
    public OnlineLearner Learner { get; }

    public ImmutableArray<StudentSeat> Seats => Learner.Seats;

    /// <summary>Gets or sets who is told when a student agrees with the expert less than it used to.</summary>
    public Action? OnDrift { get; set; }

    /// <summary>Gets what the students' answers have cost to compute, in answers of a BERT-base.</summary>
    public double InferenceCost => Seats.Sum(seat => seat.Student.Cost * seat.InferenceCost);

    /// <summary>Gets what their training has cost to compute, in the same unit.</summary>
    public double TrainingCost => Seats.Sum(seat => seat.Student.Cost * seat.TrainingCost);

    /// <summary>Gets what a checkpoint of the students holds, by name.</summary>
    public IEnumerable<KeyValuePair<string, ICheckpointed>> Parts =>
        Seats.Select(seat => KeyValuePair.Create($"student {seat.Name}", (ICheckpointed)seat.Student))
            .Append(KeyValuePair.Create<string, ICheckpointed>("learner", Learner));

    /// <summary>Makes who answers in a student's tier; <see langword="null"/> where the tier has no student.</summary>
    public IGenerator? GeneratorOf(string name) =>
        SeatOf(name) is { } seat ? new StudentGenerator(seat) : null;

    /// <summary>Combines who decides about a student's answers; <see langword="null"/> where the tier has no student.</summary>
    public IDeferralPolicy? PolicyOf(string name)
    {
        if (SeatOf(name) is not { } seat)
        {
            return null;
        }

        var options = _options[Seats.IndexOf(seat)];
        if (_paper is not null)
        {
            return DeferralPolicy.FirstDecisive(
                new StudentEntryPolicy(seat),
                new WarmUpPolicy(() => Learner.IsWarm),
                new ExplorationPolicy(
                    new ThresholdPolicy(0.5), () => Math.Pow(seat.Paper!.Decay, seat.Updates), DeferralReasons.Explored));
        }

        IDeferralPolicy decision = options.Threshold is { } threshold
            ? new ThresholdPolicy(threshold)
            : new SpendingPolicy(_controller!);
        IDeferralPolicy[] beforeLater = LaterThan(seat) is { } next && options.Threshold is null ? [new NextStudentPolicy(seat, next.Student.Cost / _expertCost)] : [];
        return DeferralPolicy.FirstDecisive(
        [
            new StudentEntryPolicy(seat),
            new WarmUpPolicy(() => seat.Lessons >= options.WarmUp || _controller?.Budget.AllowsWarmUp == false),
            .. beforeLater,
            new ExplorationPolicy(decision, () => _controller?.Budget.Available == 0 ? 0 : options.AuditShare, DeferralReasons.Audited),
        ]);
    }

    /// <summary>Lets the controller see how sure the surest student was that had a say in whether the expert is asked.</summary>
    public void Observe(Episode episode)
    {
        if (_controller is null)
        {
            return;
        }

        var most = double.NaN;
        foreach (var attempt in episode.Root.Children)
        {
            if (attempt.Generation is { Labels: not null, Confidence: { HasValue: true } confidence }
                && attempt.Verdict.Reason != DeferralReasons.NextStudent
                && SeatOf(attempt.Name) is not null)
            {
                most = double.IsNaN(most) ? confidence.Value : Math.Max(most, confidence.Value);
            }
        }

        if (!double.IsNaN(most))
        {
            _controller.Observe(most);
        }
    }

    /// <summary>Disposes the students that hold something native; who is asked afterwards knows nothing.</summary>
    public void Dispose()
    {
        foreach (var seat in Seats)
        {
            (seat.Student as IDisposable)?.Dispose();
        }
    }

    private void SpendMore()
    {
        _controller?.Alarm();
        OnDrift?.Invoke();
    }

    /// <summary>Finds who makes a student.</summary>
    public static Func<LabelSpace, ulong, IStudent> CreatorOf(StudentOptions options, PaperStudent? paper, IServiceProvider? services = null) =>
        options.CreateWith is { } create
            ? create(services ?? throw new InvalidOperationException("A student that finds its embedding generator in a container needs one. Hand the generator itself to UseEmbeddings."))
            : options.Create ?? (paper is null
                ? (labels, seed) => LogisticStudent.Create(labels, seed, options.Balance)
                : (labels, seed) => LogisticStudent.CreateAsInThePaper(labels, seed, paper.CacheSize));

    private static IStudent Make(string name, Func<LabelSpace, ulong, IStudent> create, LabelSpace labels, ulong seed)
    {
        var student = create(labels, seed)
            ?? throw new InvalidOperationException($"The Create of the student '{name}' made none.");
        return labels.Equals(student.Labels)
            ? student
            : throw new InvalidOperationException($"The Create of the student '{name}' made one that chooses from {student.Labels}, where the cascade classifies as {labels}. It gets the labels to make it for.");
    }

    private StudentSeat? LaterThan(StudentSeat seat) => Seats.FirstOrDefault(each => each.Earlier == seat);

    private StudentSeat? SeatOf(string name)
    {
        foreach (var seat in Seats)
        {
            if (seat.Name == name)
            {
                return seat;
            }
        }

        return null;
    }
}
