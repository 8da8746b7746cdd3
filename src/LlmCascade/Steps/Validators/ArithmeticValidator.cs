using Microsoft.Extensions.AI;

namespace LlmCascade.Steps.Validators;

/// <summary>Recomputes the equations of a step.</summary>
internal sealed class ArithmeticValidator() : StepValidator("arithmetic-1")
{
    protected override StepFlaw? FindFlaw(GenerationRequest request, Generation step) =>
        Equations.FindFlaw(step.Response.Text, isCut: step.Response.FinishReason == ChatFinishReason.Length) is { } flaw
            ? new(StepReasons.Arithmetic, flaw)
            : null;
}
