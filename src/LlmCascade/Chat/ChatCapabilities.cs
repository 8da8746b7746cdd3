using Microsoft.Extensions.AI;

namespace LlmCascade.Chat;

/// <summary>What a tier can take; a request that asks for more skips the tier. Immutable.</summary>
/// <remarks>By default a tier takes everything.</remarks>
public sealed record ChatCapabilities
{
    /// <summary>Gets whether the tier can call tools, and read the calls and results of earlier turns.</summary>
    public bool Tools { get; init; } = true;

    /// <summary>Gets whether the tier can read images.</summary>
    public bool Images { get; init; } = true;

    /// <summary>Gets whether the tier can hear audio.</summary>
    public bool Audio { get; init; } = true;

    /// <summary>Gets whether the tier can watch video.</summary>
    public bool Video { get; init; } = true;

    /// <summary>Gets whether the tier can read other files, such as PDF.</summary>
    public bool Files { get; init; } = true;

    /// <summary>Gets whether the tier can be held to a JSON schema.</summary>
    public bool JsonSchema { get; init; } = true;

    /// <summary>Gets how many tokens the prompt and the answer may have together.</summary>
    /// <value><see langword="null"/>, the default, for no limit. The answer counts with the <see cref="ChatOptions.MaxOutputTokens"/> that the caller asks for.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1.</exception>
    public int? ContextLength
    {
        get;
        init
        {
            if (value is { } length)
            {
                ArgumentOutOfRangeException.ThrowIfLessThan(length, 1, nameof(value));
            }

            field = value;
        }
    }

    /// <summary>Gets what counts the tokens of a text.</summary>
    /// <value>
    /// Asked once for each text of the prompt: messages, instructions, tool declarations, calls and results.
    /// <see langword="null"/>, the default, takes a third of all characters, rounded up.
    /// </value>
    public Func<string, int>? CountTokens { get; init; }
}
