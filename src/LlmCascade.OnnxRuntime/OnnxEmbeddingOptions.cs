namespace LlmCascade;

/// <summary>How <see cref="OnnxEmbeddingGenerator"/> reads a model folder and computes with it.</summary>
public sealed class OnnxEmbeddingOptions
{
    /// <summary>Gets or sets the file of the model within its folder.</summary>
    /// <value><see langword="null"/>, the default, takes <c>model.onnx</c>, or else <c>onnx/model.onnx</c>.</value>
    public string? ModelFile { get; set; }

    /// <summary>Gets or sets the name of the model, by which whoever keeps embeddings tells them from those of other models.</summary>
    /// <value><see langword="null"/>, the default, takes the name of the folder, and that of <see cref="ModelFile"/> where one is given.</value>
    public string? ModelId { get; set; }

    /// <summary>Gets or sets how many threads compute one batch, at least 1.</summary>
    /// <value><see langword="null"/>, the default, takes a thread for each core.</value>
    public int? Threads { get; set; }

    /// <summary>Gets or sets how many tokens of a text are read, the two at its ends included, at least 2.</summary>
    /// <value><see langword="null"/>, the default, takes what the folder says, and 512 where it says nothing. What is beyond is left out.</value>
    public int? MaxTokens { get; set; }

    /// <summary>Gets or sets how the embeddings of tokens become that of a text.</summary>
    /// <value><see langword="null"/>, the default, takes what <c>1_Pooling/config.json</c> says, and the mean where it says nothing.</value>
    public EmbeddingPooling? Pooling { get; set; }

    /// <summary>Gets or sets whether embeddings are scaled to a length of 1.</summary>
    /// <value><see langword="true"/> by default.</value>
    public bool Normalize { get; set; } = true;

    /// <summary>Gets or sets how many tokens are computed at once, padding included, at least 2.</summary>
    /// <value>4,096 by default. It bounds memory; a single text may exceed it.</value>
    public int TokensPerBatch { get; set; } = 4096;
}
