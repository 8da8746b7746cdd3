using LlmCascade.Steps.Introspection;
using Microsoft.Extensions.AI;

namespace LlmCascade.Steps.Logs;

/// <summary>A trajectory as it is logged.</summary>
internal sealed record TrajectoryLine(
    string Format,
    string Id,
    IReadOnlyList<MessageLine> Task,
    IReadOnlyList<StepLine> Steps,
    TrajectoryEnd End,
    int? HandedOverAt = null,
    string? Answer = null,
    bool? IsRight = null,
    decimal? Cost = null,
    bool IsCostComplete = false)
{
    public const string CurrentFormat = "llmcascade-trajectory-1";

    public static TrajectoryLine Of(TrajectoryRecord record, Redaction redaction)
    {
        var trajectory = record.Trajectory;
        return new TrajectoryLine(
            CurrentFormat,
            record.Id,
            [.. trajectory.Task.Select(message => new MessageLine(message.Role.Value, redaction.Of(WrittenContent.Of(message))))],
            [.. trajectory.Steps.Select(step => StepLine.Of(step, redaction))],
            trajectory.End,
            trajectory.HandedOverAt,
            redaction.Of(record.Answer),
            record.IsRight,
            record.Cost,
            record.IsCostComplete);
    }

    public TrajectoryRecord ToRecord()
    {
        var task = Task.Each(message => new ChatMessage(new ChatRole(message.Role), message.Text), "task");
        var steps = Steps.Each(step => step.ToStep(), "steps");
        if (HandedOverAt is { } place && (place < 0 || place > steps.Count))
        {
            throw new ArgumentException("The steps were handed over at a step that is not there");
        }

        return new TrajectoryRecord(Id, new Trajectory(task, [.. steps]) { End = End, HandedOverAt = HandedOverAt })
        {
            Answer = Answer,
            IsRight = IsRight,
            Cost = Cost,
            IsCostComplete = IsCostComplete,
        };
    }
}

/// <summary>A message of a task.</summary>
internal sealed record MessageLine(string Role, string Text);

/// <summary>A step.</summary>
internal sealed record StepLine(
    string Text,
    string Author,
    bool IsByExpert = false,
    CheckLine? Check = null,
    IReadOnlyList<StepLine>? Rejected = null,
    string? Hint = null,
    string? Observation = null,
    SpentLine? Spent = null,
    decimal AcceptedAfterMs = 0)
{
    public static StepLine Of(ReasoningStep step, Redaction redaction) => new(
        redaction.Of(step.Text),
        step.Author,
        step.IsByExpert,
        step.Check is null ? null : CheckLine.Of(step.Check, redaction),
        step.Rejected.Count == 0 ? null : [.. step.Rejected.Select(rejected => Of(rejected, redaction))],
        redaction.Of(step.Hint),
        redaction.Of(step.Observation),
        step.Spent is { } spent ? SpentLine.Of(spent) : null,
        step.AcceptedAfter.Ticks / (decimal)TimeSpan.TicksPerMillisecond);

    public ReasoningStep ToStep() => new(Text, Author)
    {
        IsByExpert = IsByExpert,
        Check = Check?.ToCheck(),
        Rejected = Rejected?.Each(rejected => rejected.ToStep(), "rejected") ?? [],
        Hint = Hint,
        Observation = Observation,
        Spent = Spent?.ToTotals(),
        AcceptedAfter = TimeSpan.FromTicks(decimal.ToInt64(AcceptedAfterMs * TimeSpan.TicksPerMillisecond)),
    };
}

/// <summary>What was found out about a step.</summary>
internal sealed record CheckLine(
    string Source, double? ErrorProbability = null, string? Reason = null, string? Explanation = null, IReadOnlyList<CheckLine>? Parts = null)
{
    public static CheckLine Of(StepCheck check, Redaction redaction) => new(
        check.Source,
        check.ErrorProbability,
        check.Reason,
        redaction.Of(check.Explanation),
        check.Parts.IsDefaultOrEmpty ? null : [.. check.Parts.Select(part => Of(part, redaction))]);

    public StepCheck ToCheck() => new(Source)
    {
        ErrorProbability = ErrorProbability,
        Reason = Reason,
        Explanation = Explanation,
        Parts = [.. Parts?.Each(part => part.ToCheck(), "parts") ?? []],
    };
}

/// <summary>What was paid until a step was accepted.</summary>
internal sealed record SpentLine(
    long? InputTokens = null, long? CachedInputTokens = null, long? OutputTokens = null, bool IsUsageComplete = false, decimal Cost = 0, bool IsCostComplete = false)
{
    public static SpentLine Of(AttemptTotals totals) => new(
        totals.Usage.InputTokenCount,
        totals.Usage.CachedInputTokenCount,
        totals.Usage.OutputTokenCount,
        totals.IsUsageComplete,
        totals.Cost,
        totals.IsCostComplete);

    public AttemptTotals ToTotals() => new(
        new UsageDetails { InputTokenCount = InputTokens, CachedInputTokenCount = CachedInputTokens, OutputTokenCount = OutputTokens },
        IsUsageComplete,
        Cost,
        IsCostComplete);
}
