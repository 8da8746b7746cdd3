using LlmCascade.Deferral;

namespace LlmCascade.Students;

/// <summary>Defers to the next student where that is expected to avoid more errors than its answer costs; keeps nothing.</summary>
/// <remarks>
/// A step of the objective of Online Cascade Learning (arXiv 2402.04513): deferring pays where μ c is less than the loss that
/// the next model avoids. A call of the expert avoids at most one error, so that an error is worth what such a call costs.
/// </remarks>
/// <param name="seat">The student that has answered.</param>
/// <param name="cost">What an answer of the next one costs, as a share of a call of the expert.</param>
internal sealed class NextStudentPolicy(StudentSeat seat, double cost) : IDeferralPolicy
{
    public bool CanKeep => false;

    public bool CanDeferToExpert => false;

    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generation);
        var confidence = generation.Confidence;
        return new(confidence.HasValue && (1 - confidence.Value) * (1 - seat.ErrorsLeft) > cost
            ? Verdict.Defer(DeferralReasons.NextStudent, confidence)
            : Verdict.NoOpinion);
    }
}
