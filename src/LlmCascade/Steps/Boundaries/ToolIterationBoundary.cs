namespace LlmCascade.Steps.Boundaries;

/// <summary>A whole response is one step.</summary>
internal sealed class ToolIterationBoundary() : StepBoundary(
    "tool-iteration-1", "\n", "Take one action at a time, and give the final answer once no action is left to take.")
{
    internal override bool IsWholeResponse => true;

    private protected override int? EndOf(ReadOnlySpan<char> text) => null;
}
