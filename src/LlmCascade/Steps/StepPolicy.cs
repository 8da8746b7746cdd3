using System.Diagnostics.CodeAnalysis;
using LlmCascade.Calibration;
using LlmCascade.Deferral;

namespace LlmCascade.Steps;

/// <summary>Keeps a step that is probably right, and passes on one that is suspect: the switch of AdaSwitch (arXiv 2410.13181).</summary>
/// <remarks>
/// It looks at the <see cref="Generation.Check"/> that an <see cref="IntrospectedGenerator"/> left, and has no opinion where nobody could tell. Thread-safe.
/// </remarks>
[Experimental("LLMC006")]
public sealed class StepPolicy : IDeferralPolicy
{
    private readonly StepCheckOptions _options;
    private readonly RecentConfidences _recent = new();
    private readonly Lock _lock = new();

    /// <summary>Initializes a policy.</summary>
    /// <param name="options">Which steps are passed on; the defaults where it is <see langword="null"/>. It is copied.</param>
    /// <param name="canClear">Whether the introspector can find a step to be right, as <see cref="IStepIntrospector.CanClear"/> says.</param>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    public StepPolicy(StepCheckOptions? options = null, bool canClear = true)
    {
        _options = StepCheckOptions.Checked(options);
        CanKeep = canClear;
    }

    /// <inheritdoc/>
    public bool CanKeep { get; }

    /// <inheritdoc/>
    public ValueTask<Verdict> BeforeAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);

        // The first step that the expert wrote was asked for by a look at the tier's own; the others are its stay.
        return new(_options.MinimumStay > 1 && OthersBefore(request, context.Name) is var stay and > 0 && stay < _options.MinimumStay
            ? Verdict.DeferToExpert(StepReasons.Staying)
            : Verdict.NoOpinion);
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(generation);
        ArgumentNullException.ThrowIfNull(context);
        if (generation.Check?.ErrorProbability is not { } wrong)
        {
            return new(Verdict.NoOpinion);
        }

        var right = Confidence.Measured(1 - wrong);
        var isSuspect = wrong >= 1 || (_options.ExpertShare is { } share ? IsAmongTheMostSuspect(right, share, context) : wrong >= ThresholdFor(request, context));
        return new(isSuspect ? Verdict.Defer(generation.Check.Reason ?? StepReasons.Suspect, right)
            : CanKeep ? Verdict.Keep(StepReasons.Cleared, right)
            : Verdict.NoOpinion);
    }

    private double ThresholdFor(GenerationRequest request, AttemptContext context) =>
        _options.ReturnThreshold is { } lower && OthersBefore(request, context.Name) > 0 ? lower : _options.ActivationThreshold;

    // How many steps or tool iterations others have done in a row just before.
    private static int OthersBefore(GenerationRequest request, string name)
    {
        var authors = request.AnsweredBefore.Concat(request.Trajectory?.Steps.Select(step => step.Author) ?? []);
        return authors.Reverse().TakeWhile(author => author != name).Count();
    }

    private bool IsAmongTheMostSuspect(Confidence right, double share, AttemptContext context)
    {
        var draw = new SplitMix(context.Seed("step-share")).NextDouble();
        lock (_lock)
        {
            var isSuspect = _recent.IsAmongLeast(right.Value, share, draw);
            _recent.Add(right.Value);
            return isSuspect;
        }
    }
}
