using System.Diagnostics.CodeAnalysis;
using LlmCascade.Calibration;
using LlmCascade.Deferral;
using LlmCascade.Steps.Introspection;

namespace LlmCascade.Steps;

/// <summary>Learns with which probability a step is wrong, from what introspectors say of it and from the steps of experts.</summary>
/// <remarks>
/// <para>
/// It looks at what each introspector says and whether it can tell, at how many steps came before and at how long the step is, and is a
/// logistic regression that is fitted anew while lessons come: steps that the expert wrote too, and audits, which count by the inverse of their
/// probability. Give what <see cref="Calibrate"/> returns to whoever checks steps, and the calibrator to <c>AddLearner</c> of the cascade;
/// <c>SaveLearningTo</c> keeps it. Before it has learned enough, it cannot tell. Without audits it learns nothing of steps that are accepted.
/// </para>
/// <para>
/// What was saved is bound to the introspectors and to the measure of what matches: with others it is refused. An introspector that only ever
/// finds steps to be wrong (<see cref="IStepIntrospector.CanClear"/>) and is certain decides by itself: those after it are not asked, and
/// nothing is learned from the step. Predictions are thread-safe and never wait.
/// </para>
/// </remarks>
[Experimental("LLMC006")]
public sealed class StepCalibrator : IOnlineLearner, ICheckpointed
{
    private const double Matches = 0.5;

    private readonly StepCalibratorOptions _options;
    private readonly Lock _binding = new();
    private readonly MatchRegression _regression;
    private StepBinding? _bound;

    /// <summary>Initializes a calibrator that knows nothing.</summary>
    /// <param name="name">What tells it from others of one cascade: letters, digits, hyphens.</param>
    /// <param name="options">How it learns; the defaults where it is <see langword="null"/>. It is copied.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long, or an option is outside its range.</exception>
    public StepCalibrator(string name = "steps", StepCalibratorOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, 100, nameof(name));
        _options = options?.Copy() ?? new StepCalibratorOptions();
        if (_options.FindMistake() is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(options));
        }

        Kind = $"step-calibrator {name}";
        _regression = new MatchRegression(_options.MinimumLessons, _options.Capacity);
    }

    /// <summary>Gets what the probabilities are worth; never <see cref="CalibrationState.Uncertified"/>.</summary>
    public CalibrationState State => _regression.IsFitted ? CalibrationState.Calibrated : CalibrationState.Untrained;

    /// <summary>Gets the number of lessons that were learned, those before a restart included.</summary>
    public long Lessons => _regression.Learned;

    /// <inheritdoc/>
    public string Kind { get; }

    /// <inheritdoc/>
    public int Version => 1;

    /// <summary>Makes the introspector whose probabilities are learned, of others that are asked in their order.</summary>
    /// <param name="introspectors">The others, at least one; those that may be certain that a step is wrong first.</param>
    /// <returns>
    /// The introspector. What the others say is in <see cref="StepCheck.Parts"/>, and the explanation is that of the most suspicious one.
    /// </returns>
    /// <exception cref="ArgumentException">There is no introspector.</exception>
    /// <exception cref="InvalidOperationException">The calibrator belongs to other ones already. The same ones, by their ids, may be given again.</exception>
    public IStepIntrospector Calibrate(params IReadOnlyList<IStepIntrospector> introspectors)
    {
        var inTurn = IntrospectorsInTurn.Of(introspectors);
        var binding = new StepBinding(inTurn.Ids, _options.Match.Id);
        lock (_binding)
        {
            _bound = _bound is null || _bound.IsSameAs(binding)
                ? binding
                : throw new InvalidOperationException($"The calibrator '{Kind}' belongs to {_bound} and is given {binding}. Give each set of introspectors its own.");
        }

        return new CalibratedIntrospector(this, inTurn, binding.Id);
    }

    /// <inheritdoc/>
    public async ValueTask LearnAsync(Lesson lesson, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lesson);

        // Whoever hands an answer on hands its check on.
        var seen = new HashSet<StepCheck>(ReferenceEqualityComparer.Instance);
        foreach (var step in StepsIn(lesson.Episode.Root))
        {
            if (FindOwn(step.Check!) is { Features: { } features } own && seen.Add(own))
            {
                var matches = await MatchesAsync(lesson, step, cancellationToken).ConfigureAwait(false);
                _regression.Learn(features, matches, 1 / lesson.Propensity);
            }
        }
    }

    /// <inheritdoc/>
    public void Write(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var bound = _bound ?? throw new InvalidOperationException($"The calibrator '{Kind}' calibrates nothing, so there is nothing to save. Call Calibrate with the introspectors.");
        bound.Write(writer);
        _regression.Write(writer);
    }

    /// <inheritdoc/>
    public Action Read(BinaryReader reader, int version)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var bound = _bound ?? throw new InvalidDataException($"It was saved for introspectors, and the calibrator '{Kind}' calibrates nothing. Call Calibrate with the introspectors");
        var saved = StepBinding.Read(reader);
        return bound.IsSameAs(saved)
            ? _regression.Read(reader, bound.Features)
            : throw new InvalidDataException($"It was learned from {saved}, and there is {bound} now, whose numbers mean something else");
    }

    /// <summary>Gets whether it calibrates anything.</summary>
    internal bool IsBound => _bound is not null;

    /// <summary>Finds the calibrators whose lessons an introspector needs.</summary>
    internal static IEnumerable<StepCalibrator> In(IStepIntrospector introspector) => introspector switch
    {
        CalibratedIntrospector calibrated => [calibrated.Calibrator],
        FirstCertainIntrospector composed => composed.Parts.SelectMany(In),
        _ => [],
    };

    /// <summary>Predicts with which probability a step is wrong; <see langword="null"/> where too little was learned.</summary>
    internal double? Predict(double[] features) => 1 - _regression.Predict(features);

    private async ValueTask<bool> MatchesAsync(Lesson lesson, Generation step, CancellationToken cancellationToken)
    {
        if (ToolCalls.Agree(ToolCalls.In(step), ToolCalls.In(lesson.Truth)) is { } callTheSame)
        {
            return callTheSame;
        }

        var matrix = await _options.Match.MeasureCheckedAsync(lesson.Episode.Request, [step, lesson.Truth], context: null, cancellationToken).ConfigureAwait(false);
        return matrix[0, 1] >= Matches;
    }

    private StepCheck? FindOwn(StepCheck check) => ReferenceEquals(check.Calibrator, this) ? check : check.Parts.Select(FindOwn).FirstOrDefault(own => own is not null);

    // An expert's answer is the truth here, and says nothing about itself.
    private static IEnumerable<Generation> StepsIn(Attempt attempt) => attempt.Role == AttemptRole.Expert ? []
        : attempt.Children.SelectMany(StepsIn).Concat(attempt.Generation is { Check: not null } step && attempt.Role != AttemptRole.Cascade ? [step] : []);
}
