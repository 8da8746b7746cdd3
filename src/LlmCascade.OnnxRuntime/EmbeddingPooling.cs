namespace LlmCascade;

/// <summary>How the embeddings of tokens become that of a text.</summary>
public enum EmbeddingPooling
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>That of the first token, [CLS].</summary>
    FirstToken,
}
