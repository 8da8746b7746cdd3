using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>How a model is shown the steps that were accepted so far, so that it writes the next one.</summary>
[Experimental("LLMC006")]
public enum ContinuationStyle
{
    /// <summary>The steps are an assistant message, and a user message asks for the next one. Every provider takes it.</summary>
    UserTurn,

    /// <summary>
    /// The steps are the beginning of the assistant message that the model goes on writing, for providers that continue a last assistant
    /// message. It ends with what stands between two steps, which providers that refuse a blank end do not take. Some want to be told in their own options, which <see cref="Microsoft.Extensions.AI.ChatOptions.RawRepresentationFactory"/> can set.
    /// </summary>
    Prefill,
}
