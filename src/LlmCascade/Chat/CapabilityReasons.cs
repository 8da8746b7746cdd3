namespace LlmCascade.Chat;

/// <summary>The reasons why a tier cannot take a request: short stable codes, few enough to be metric tags.</summary>
public static class CapabilityReasons
{
    /// <summary>The request has tools, or calls of tools in its history.</summary>
    public const string NoTools = "no-tools";

    /// <summary>The request has an image.</summary>
    public const string NoImages = "no-images";

    /// <summary>The request has audio.</summary>
    public const string NoAudio = "no-audio";

    /// <summary>The request has a video.</summary>
    public const string NoVideo = "no-video";

    /// <summary>The request has another file.</summary>
    public const string NoFiles = "no-files";

    /// <summary>The request asks for an answer that fits a JSON schema.</summary>
    public const string NoJsonSchema = "no-json-schema";

    /// <summary>The prompt and the longest answer that it allows do not fit the model.</summary>
    public const string ContextLength = "context-length";
}
