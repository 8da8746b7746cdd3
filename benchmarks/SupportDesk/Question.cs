using LlmCascade;
using LlmCascade.Calibration;
using Microsoft.Extensions.AI;

namespace SupportDesk;

/// <summary>A question of a customer, and its right answer.</summary>
/// <param name="Kind">What it asks about.</param>
/// <param name="Text">How the customer puts it.</param>
/// <param name="Answer">The right answer, such as "45 days".</param>
/// <param name="Note">What the expert notes on its kind.</param>
/// <param name="DependsOnValue">Whether the answer depends on a value in the question, so that the answer to another question of the kind is wrong.</param>
internal sealed record Question(string Kind, string Text, string Answer, string Note, bool DependsOnValue)
{
    /// <summary>Says whether an answer is right, as the cascade itself compares answers.</summary>
    public async Task<bool> IsAnsweredByAsync(Generation answer)
    {
        var truth = new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, Answer)));
        return (await AgreementMeasure.SameAnswer.MeasureAsync(new GenerationRequest(Text), [answer, truth]))[0, 1] >= 0.5;
    }
}
