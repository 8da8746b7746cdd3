using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Chaos;

/// <summary>What a scripted provider reports about its tokens, and when.</summary>
internal enum UsageReport
{
    Whole,
    WholeAtTheStart,
    InputAtTheStartOutputAtTheEnd,
    InputOnly,
    Twice,
    Nothing,
}

internal static class UsageReports
{
    /// <summary>Makes the usage that comes before the text.</summary>
    public static UsageDetails? AtTheStart(this UsageReport report, int tokens) => report switch
    {
        UsageReport.WholeAtTheStart or UsageReport.Twice => Whole(tokens),
        UsageReport.InputAtTheStartOutputAtTheEnd => new UsageDetails { InputTokenCount = tokens },
        _ => null,
    };

    /// <summary>Makes the usage that comes after the text.</summary>
    public static UsageDetails? AtTheEnd(this UsageReport report, int tokens) => report switch
    {
        UsageReport.Whole or UsageReport.Twice => Whole(tokens),
        UsageReport.InputAtTheStartOutputAtTheEnd => new UsageDetails { OutputTokenCount = tokens + 1 },
        UsageReport.InputOnly => new UsageDetails { InputTokenCount = tokens },
        _ => null,
    };

    private static UsageDetails Whole(int tokens) =>
        new() { InputTokenCount = tokens, OutputTokenCount = tokens + 1, TotalTokenCount = tokens + tokens + 1 };
}
