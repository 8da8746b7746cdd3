using Microsoft.Extensions.AI;

namespace LlmCascade.Students;

/// <summary>Answers with a student, for requests that ask for one of its labels.</summary>
internal sealed class StudentGenerator(StudentSeat seat) : IGenerator
{
    public async ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        var text = request.Query;
        var labels = await seat.PredictAsync(text, Earlier(context), cancellationToken)
            ?? throw new InvalidOperationException($"The student '{seat.Name}' has not learned anything yet.");
        seat.CountAnswer();
        return new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, labels.Best)) { ModelId = seat.Name })
        {
            Labels = labels,
            Confidence = seat.ConfidenceIn(labels, text),
        };
    }

    // What the student before this one has said was computed a moment ago.
    private LabelDistribution? Earlier(AttemptContext context) =>
        seat.Earlier is { } earlier && context.FindAnswer(earlier.Name)?.Labels is { } said && said.Space.Equals(seat.Student.Labels) ? said : null;
}
