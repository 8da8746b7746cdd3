namespace LlmCascade.Evaluation.Methods;

/// <summary>The question of a replayed request is the text of its one message.</summary>
internal static class WholeText
{
    public static QueryProjection Projection { get; } = QueryProjection.Create("replayed-text-v1", messages => messages[^1].Text);
}
