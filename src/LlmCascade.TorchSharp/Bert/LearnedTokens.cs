namespace LlmCascade.Bert;

/// <summary>A demonstration as a trainer keeps it.</summary>
internal sealed class LearnedTokens(int[] tokens, int label)
{
    public int[] Tokens => tokens;

    public int Label => label;

    /// <summary>Gets or sets what the frozen layers say of it, tokens by numbers; <see langword="null"/> where that is not known yet.</summary>
    public float[]? States { get; set; }
}
