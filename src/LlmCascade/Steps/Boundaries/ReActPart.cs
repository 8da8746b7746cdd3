namespace LlmCascade.Steps.Boundaries;

/// <summary>What a line of a ReAct transcript begins.</summary>
internal enum ReActPart
{
    None,
    Thought,
    Action,
    Observation,
}
