namespace LlmCascade.Tool;

/// <summary>What the process returns.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int BadInput = 2;

    /// <summary>As shells return it for a program that SIGINT ended.</summary>
    public const int Interrupted = 130;
}
