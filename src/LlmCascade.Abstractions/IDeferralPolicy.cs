namespace LlmCascade;

/// <summary>Decides whether a tier is asked, whether it may go on, and whether its answer is kept.</summary>
/// <remarks>
/// <para>
/// A policy is used by many requests at once and must be thread-safe. Each method may say
/// <see cref="Verdict.NoOpinion"/>; where several policies are combined, the first decisive verdict wins, and a tier
/// about which nobody has an opinion defers. A policy that throws counts as a deferral.
/// </para>
/// <para>A predicate suffices for the simple case; see <c>KeepWhen</c> and <c>DeferWhen</c> of the tier builder.</para>
/// </remarks>
public interface IDeferralPolicy
{
    /// <summary>Gets whether the policy may keep an answer.</summary>
    /// <value>
    /// <see langword="true"/> by default. A policy that only ever defers says <see langword="false"/>: a tier needs one
    /// that may keep, and a tier is stopped early only when nobody may keep its answer any more.
    /// </value>
    bool CanKeep => true;

    /// <summary>Gets whether the policy may defer to the expert, past the tiers between.</summary>
    /// <value>
    /// <see langword="true"/> by default. A policy that only ever defers to the next tier says <see langword="false"/>:
    /// where policies are combined, a tier is stopped early only when nobody before the one that gives up could have
    /// decided otherwise.
    /// </value>
    bool CanDeferToExpert => true;

    /// <summary>Decides before the tier is called, when nothing has been paid yet.</summary>
    /// <param name="request">The request.</param>
    /// <param name="context">The tier's attempt.</param>
    /// <param name="cancellationToken">Stops the decision.</param>
    /// <returns>A deferral skips the tier; everything else lets it answer. The default has no opinion.</returns>
    ValueTask<Verdict> BeforeAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default) =>
        new(Verdict.NoOpinion);

    /// <summary>Decides while the tier is answering, from what its confidence can still become.</summary>
    /// <param name="request">The request.</param>
    /// <param name="reachable">The confidences that the finished answer can still have.</param>
    /// <returns>
    /// A deferral stops the tier. It must be certain: <see cref="AfterAsync"/> would have deferred for every confidence
    /// within <paramref name="reachable"/>. A keep says that every such confidence suffices, so that nobody need be asked
    /// any more for the sake of it; <see cref="AfterAsync"/> judges the answer all the same. The default has no opinion.
    /// </returns>
    Verdict During(GenerationRequest request, ConfidenceRange reachable) => Verdict.NoOpinion;

    /// <summary>Decides whether the answer is kept.</summary>
    /// <param name="request">The request.</param>
    /// <param name="generation">The tier's answer and its evidence.</param>
    /// <param name="context">The tier's attempt; a policy that pays for a judge begins a child of it.</param>
    /// <param name="cancellationToken">Stops the decision.</param>
    /// <returns>Keep, defer to the next tier, defer to the expert, or no opinion.</returns>
    ValueTask<Verdict> AfterAsync(
        GenerationRequest request,
        Generation generation,
        AttemptContext context,
        CancellationToken cancellationToken = default);
}
