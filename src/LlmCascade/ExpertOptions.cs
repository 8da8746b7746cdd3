namespace LlmCascade;

/// <summary>What configuration can say about the expert. What is not set leaves the code's word standing.</summary>
public sealed class ExpertOptions
{
    /// <summary>Gets or sets how long the expert may take, from a millisecond to 24 days.</summary>
    public TimeSpan? Timeout { get; set; }

    /// <summary>Gets or sets the model that the chat client is asked for.</summary>
    public string? Model { get; set; }

    /// <summary>Gets or sets what the expert's calls cost.</summary>
    public PriceOptions? Prices { get; set; }
}
