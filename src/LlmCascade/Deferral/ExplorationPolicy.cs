namespace LlmCascade.Deferral;

/// <summary>Asks the expert about a random share of the answers that another policy would keep.</summary>
/// <remarks>
/// A keep becomes a deferral to the expert with the given probability, which the verdict records either way, so that
/// learning can correct for it. Deferrals of the other policy stay as they are. The draw comes from
/// <see cref="AttemptContext.Seed"/>, so it repeats for an equal seed and request key.
/// </remarks>
public sealed class ExplorationPolicy : IDeferralPolicy
{
    private readonly IDeferralPolicy _inner;
    private readonly string _purpose;
    private readonly string _reason = DeferralReasons.Explored;
    private readonly Func<double>? _probability;

    /// <summary>Initializes a policy.</summary>
    /// <param name="inner">The policy that decides otherwise.</param>
    /// <param name="probability">The share of keeps that goes to the expert, from 0 to 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="probability"/> is outside its range.</exception>
    public ExplorationPolicy(IDeferralPolicy inner, double probability)
    {
        ArgumentNullException.ThrowIfNull(inner);
        if (probability is not (>= 0 and <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "A probability lies between 0 and 1.");
        }

        _inner = inner;
        _purpose = inner is ExplorationPolicy nested ? nested._purpose + "-again" : "exploration";
        Probability = probability;
    }

    /// <summary>Initializes a policy whose share changes while it is used.</summary>
    internal ExplorationPolicy(IDeferralPolicy inner, Func<double> probability, string reason)
        : this(inner, 0)
    {
        _probability = probability;
        _reason = reason;
    }

    /// <summary>Gets the share of keeps that goes to the expert.</summary>
    public double Probability => _probability?.Invoke() ?? field;

    /// <inheritdoc/>
    public bool CanKeep => _inner.CanKeep && (_probability is not null || Probability < 1);

    /// <inheritdoc/>
    public bool CanDeferToExpert => _inner.CanDeferToExpert || (_inner.CanKeep && (_probability is not null || Probability > 0));

    /// <inheritdoc/>
    public ValueTask<Verdict> BeforeAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default) =>
        _inner.BeforeAsync(request, context, cancellationToken);

    /// <inheritdoc/>
    public Verdict During(GenerationRequest request, ConfidenceRange reachable) => _inner.During(request, reachable);

    /// <inheritdoc/>
    public async ValueTask<Verdict> AfterAsync(
        GenerationRequest request,
        Generation generation,
        AttemptContext context,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var verdict = await _inner.AfterAsync(request, generation, context, cancellationToken);
        var probability = verdict.Decision == Decision.Keep ? Probability : 0;
        if (probability == 0)
        {
            return verdict;
        }

        // A policy inside may have drawn already.
        var before = verdict.Probability ?? 1;
        return context.Draw(_purpose) < probability
            ? Verdict.DeferToExpert(_reason, verdict.Confidence) with { Probability = before * probability }
            : verdict with { Probability = before * (1 - probability) };
    }
}
