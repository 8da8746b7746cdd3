using LlmCascade.Deferral;

namespace LlmCascade.Students;

/// <summary>Skips a student that was asked for other labels than its own, or that has not learned anything yet; keeps nothing.</summary>
internal sealed class StudentEntryPolicy(StudentSeat seat) : IDeferralPolicy
{
    public bool CanKeep => false;

    public bool CanDeferToExpert => false;

    public ValueTask<Verdict> BeforeAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default) =>
        new(!seat.Student.Labels.Equals(request.Labels) ? Verdict.Defer(DeferralReasons.OtherLabels)
            : !seat.Student.CanPredict ? Verdict.Defer(DeferralReasons.Untrained)
            : Verdict.NoOpinion);

    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken = default) =>
        new(Verdict.NoOpinion);
}
