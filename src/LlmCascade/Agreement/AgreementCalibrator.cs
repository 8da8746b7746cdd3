using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using LlmCascade.Calibration;
using LlmCascade.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LlmCascade.Agreement;

/// <summary>Learns with which probability the answer of an ensemble matches the expert's.</summary>
/// <remarks>
/// <para>
/// It looks at how much the members agree, who agrees with whom, who speaks, and how long question and answers are, and is a logistic regression that is
/// fitted anew while lessons come: deferred requests, and audits, which count by the inverse of their probability. Give the same instance to
/// <see cref="AgreementOptions.Calibrator"/> of one ensemble and to <c>AddLearner</c> of the cascade; <c>SaveLearningTo</c> keeps it.
/// Before it has learned enough there is no confidence, and a threshold defers. Without audits it learns nothing of what is kept.
/// </para>
/// <para>
/// What was saved is bound to the measure, its embedder included: with another one it is refused. A member that is another model than it was is reported as a warning, and
/// the state is <see cref="CalibrationState.Uncertified"/> until enough lessons about the new one were learned. Predictions are thread-safe and never wait.
/// </para>
/// </remarks>
[Experimental("LLMC005")]
public sealed class AgreementCalibrator : IOnlineLearner, ICheckpointed
{
    private const double Matches = 0.5;

    private readonly AgreementCalibratorOptions _options;
    private readonly Lock _binding = new();
    private readonly MatchRecords _records = new();
    private readonly MatchRegression _regression;
    private Binding? _bound;
    private long _newSince;
    private bool _isOutdated;

    /// <summary>Initializes a calibrator that knows nothing.</summary>
    /// <param name="name">What tells it from others of one cascade: letters, digits, hyphens.</param>
    /// <param name="options">How it learns; the defaults where it is <see langword="null"/>. It is copied.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is empty or too long, or an option is outside its range.</exception>
    public AgreementCalibrator(string name = "ensemble", AgreementCalibratorOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, 100, nameof(name));
        _options = options?.Copy() ?? new AgreementCalibratorOptions();
        if (_options.FindMistake() is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(options));
        }

        Kind = $"agreement-calibrator {name}";
        _regression = new MatchRegression(_options.MinimumLessons, _options.Capacity);
    }

    /// <summary>Gets what the probabilities are worth.</summary>
    public CalibrationState State =>
        !_regression.IsFitted ? CalibrationState.Untrained
        : Volatile.Read(ref _isOutdated) ? CalibrationState.Uncertified
        : CalibrationState.Calibrated;

    /// <summary>Gets the number of lessons that were learned, those before a restart included.</summary>
    public long Lessons => _regression.Learned;

    /// <inheritdoc/>
    public string Kind { get; }

    /// <inheritdoc/>
    public int Version => 1;

    /// <inheritdoc/>
    public async ValueTask LearnAsync(Lesson lesson, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lesson);
        foreach (var agreement in AgreementsIn(lesson.Episode.Root))
        {
            if (ReferenceEquals(agreement.Calibrator, this) && agreement.Features is { } features)
            {
                await LearnAsync(lesson, agreement, features, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public void Write(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var bound = _bound ?? throw new InvalidOperationException($"The calibrator '{Kind}' belongs to no ensemble, so there is nothing to save. Give it to AgreementOptions.Calibrator.");
        bound.Write(writer);
        writer.Write(_isOutdated);
        writer.Write(_newSince);
        _records.Write(writer);
        _regression.Write(writer);
    }

    /// <inheritdoc/>
    public Action Read(BinaryReader reader, int version)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var bound = _bound ?? throw new InvalidDataException($"It was saved for an ensemble, and the calibrator '{Kind}' belongs to none. Give it to AgreementOptions.Calibrator.");
        var changed = bound.Compare(Binding.Read(reader));
        var (isOutdated, newSince) = (reader.ReadBoolean(), reader.ReadInt64());
        var records = MatchRecords.Read(reader);
        var install = _regression.Read(reader, bound.Features);
        if (newSince < 0)
        {
            throw new InvalidDataException("The state of the calibrator holds an impossible number.");
        }

        return () =>
        {
            Volatile.Write(ref _isOutdated, isOutdated || !changed.IsEmpty);
            install();
            _newSince = newSince;
            _records.Install(records);
            if (!changed.IsEmpty)
            {
                // What is fitted next is fitted on lessons about today's members alone.
                _newSince = 0;
                _records.Install(new MatchRecords());
                _regression.ForgetLessons();
                Log.CalibrationOutdated(bound.Logger, Kind, string.Join(", ", changed));
            }
        };
    }

    /// <summary>Gets whether it belongs to an ensemble that is made already.</summary>
    internal bool IsBound => _bound is not null;

    /// <summary>Ties the calibrator to its ensemble.</summary>
    /// <param name="measure">What the agreement is measured with.</param>
    /// <param name="members">The names of the members with their models.</param>
    /// <param name="areNamed">Whether it matters who of them says what.</param>
    /// <param name="logger">Where a changed member is reported.</param>
    /// <exception cref="InvalidOperationException">It belongs to another one.</exception>
    internal void Bind(string measure, ImmutableArray<string> members, bool areNamed, ILogger? logger)
    {
        var binding = new Binding($"{measure}; {_options.Match.Id}", members, areNamed, logger ?? NullLogger.Instance);
        lock (_binding)
        {
            _bound = _bound is null || _bound.IsSameAs(binding)
                ? binding
                : throw new InvalidOperationException($"The calibrator '{Kind}' belongs to another ensemble. Give each ensemble its own.");
        }
    }

    /// <summary>Predicts with which probability an answer matches the expert's; <see langword="null"/> where too little was learned.</summary>
    internal double? Predict(double[] features) => _regression.Predict(features);

    /// <summary>Gets how often a member's answers matched the expert's.</summary>
    internal double RecordOf(int member) => _records.Of(member);

    private async ValueTask LearnAsync(Lesson lesson, CandidateAgreement agreement, double[] features, CancellationToken cancellationToken)
    {
        List<int> places = [.. Enumerable.Range(0, agreement.Candidates.Count).Where(i => agreement.Candidates[i].TakesPart)];
        var answers = places.Select(place => agreement.Candidates[place].Answer!).Append(lesson.Truth);
        var (matrix, _) = await Comparison.MeasureAsync(_options.Match, lesson.Episode.Request, [.. answers], context: null, cancellationToken).ConfigureAwait(false);
        for (var i = 0; i < places.Count; i++)
        {
            var matches = matrix[i, places.Count] >= Matches;
            _records.Count(places[i], matches);
            if (places[i] == agreement.Spoken)
            {
                _regression.Learn(features, matches, 1 / lesson.Propensity);
            }
        }

        if (++_newSince >= _options.MinimumLessons && _isOutdated)
        {
            Volatile.Write(ref _isOutdated, false);
        }
    }

    // An expert's answer is the truth here, and says nothing about itself.
    private static IEnumerable<CandidateAgreement> AgreementsIn(Attempt attempt) => attempt.Role == AttemptRole.Expert ? []
        : attempt.Children.SelectMany(AgreementsIn).Concat(attempt.Generation?.Agreement is { } agreement && attempt.Role != AttemptRole.Cascade ? [agreement] : []);
}
