using System.Runtime.CompilerServices;

namespace LlmCascade.Escalation;

/// <summary>Checks of what settings may be.</summary>
internal static class Limits
{
    /// <summary>The longest time limit. A timer takes hardly more, and would only say so when a request is made.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    public static TimeSpan Positive(TimeSpan limit, [CallerMemberName] string name = "") =>
        limit > TimeSpan.Zero && limit <= Longest
            ? limit
            : throw new ArgumentOutOfRangeException(name, limit, "A time limit is above zero and at most 24 days.");

    public static TimeSpan? Positive(TimeSpan? limit, [CallerMemberName] string name = "") =>
        limit is { } value ? Positive(value, name) : null;

    public static CascadeMode Known(CascadeMode mode, [CallerMemberName] string name = "") => Enum.IsDefined(mode)
        ? mode
        : throw new ArgumentOutOfRangeException(
            name, mode, $"There is no such mode. The modes are {string.Join(", ", Enum.GetNames<CascadeMode>())}.");
}
