using System.Runtime.CompilerServices;

namespace LlmCascade.Escalation;

/// <summary>Checks of time limits.</summary>
internal static class Limits
{
    public static TimeSpan Positive(TimeSpan limit, [CallerMemberName] string name = "") =>
        limit > TimeSpan.Zero ? limit : throw new ArgumentOutOfRangeException(name, limit, "A time limit is above zero.");

    public static TimeSpan? Positive(TimeSpan? limit, [CallerMemberName] string name = "") =>
        limit is { } value ? Positive(value, name) : null;
}
