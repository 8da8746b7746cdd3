using Microsoft.Extensions.AI;

namespace LlmCascade.Chat;

/// <summary>Skips a tier that cannot take what the request asks for.</summary>
public sealed class CapabilityPolicy : IDeferralPolicy
{
    /// <summary>Initializes a policy.</summary>
    /// <param name="capabilities">What the tier can take.</param>
    public CapabilityPolicy(ChatCapabilities capabilities)
    {
        ArgumentNullException.ThrowIfNull(capabilities);
        Capabilities = capabilities;
    }

    /// <summary>Gets what the tier can take.</summary>
    public ChatCapabilities Capabilities { get; }

    /// <inheritdoc/>
    public bool CanKeep => false;

    /// <inheritdoc/>
    public bool CanDeferToExpert => false;

    /// <inheritdoc/>
    public ValueTask<Verdict> BeforeAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(FindObstacle(request) is { } reason ? Verdict.Defer(reason) : Verdict.NoOpinion);
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> AfterAsync(
        GenerationRequest request,
        Generation generation,
        AttemptContext context,
        CancellationToken cancellationToken = default) => new(Verdict.NoOpinion);

    private string? FindObstacle(GenerationRequest request)
    {
        if (!Capabilities.Tools && request.Options?.Tools is { Count: > 0 })
        {
            return CapabilityReasons.NoTools;
        }

        if (!Capabilities.JsonSchema && request.Options?.ResponseFormat is ChatResponseFormatJson { Schema: not null })
        {
            return CapabilityReasons.NoJsonSchema;
        }

        foreach (var message in request.Messages)
        {
            foreach (var content in message.Contents)
            {
                if (FindObstacle(content) is { } reason)
                {
                    return reason;
                }
            }
        }

        return Capabilities.ContextLength is { } limit
            && PromptLength.Count(request, Capabilities.CountTokens) + (request.Options?.MaxOutputTokens ?? 0) > limit
            ? CapabilityReasons.ContextLength
            : null;
    }

    private string? FindObstacle(AIContent content) => content switch
    {
        FunctionCallContent or FunctionResultContent => Capabilities.Tools ? null : CapabilityReasons.NoTools,
        DataContent data => FindObstacle(data.HasTopLevelMediaType),
        UriContent uri => FindObstacle(uri.HasTopLevelMediaType),
        HostedFileContent => Capabilities.Files ? null : CapabilityReasons.NoFiles,
        _ => null,
    };

    private string? FindObstacle(Func<string, bool> isOfType) =>
        isOfType("image") ? Capabilities.Images ? null : CapabilityReasons.NoImages
        : isOfType("audio") ? Capabilities.Audio ? null : CapabilityReasons.NoAudio
        : isOfType("video") ? Capabilities.Video ? null : CapabilityReasons.NoVideo
        : Capabilities.Files ? null : CapabilityReasons.NoFiles;
}
