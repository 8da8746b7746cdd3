using System.Globalization;
using System.Text;
using CsCheck;
using LlmCascade.Steps;
using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Steps;

/// <summary>Records of trajectories, drawn and written by hand.</summary>
internal static class SampleRecords
{
    public static readonly Gen<string> Text = Gen.OneOf(
        Gen.String[Gen.Char, 0, 20],
        Gen.String[Gen.Char.AlphaNumeric, 0, 20],
        Gen.OneOfConst("\n", "\r\n", "\u2028", "\u0085", "\"", "\\", "\ud83d", "\ude00", "👍", "é", "<b>", "\0", "\ufeff", "{", "}").Array[0, 8].Select(string.Concat));

    private static readonly Gen<decimal> _cost = Gen.Long[0, 1_000_000_000].Select(millionths => millionths / 1_000_000m);

    public static readonly Gen<TrajectoryRecord> Any =
        from id in Text
        from task in Gen.Select(Gen.OneOfConst("system", "user", "assistant", "tool"), Text).Array[0, 3]
        from steps in Step(depth: 2).Array[0, 4]
        from end in Gen.OneOfConst(Enum.GetValues<TrajectoryEnd>())
        from handedOver in Gen.Int[0, steps.Length].Nullable()
        from answer in Optional(Text)
        from isRight in Gen.Bool.Nullable()
        from cost in _cost.Nullable()
        from isComplete in Gen.Bool
        select new TrajectoryRecord(id, new Trajectory([.. task.Select(each => new ChatMessage(new ChatRole(each.Item1), each.Item2))], [.. steps]) { End = end, HandedOverAt = handedOver })
        {
            Answer = answer,
            IsRight = isRight,
            Cost = cost,
            IsCostComplete = isComplete,
        };

    /// <summary>Gets a right record: the second step of three was found wrong by a rule and corrected, and something was observed after the first one.</summary>
    public static TrajectoryRecord Corrected { get; } = new(
        "t1",
        new Trajectory(
            [new ChatMessage(ChatRole.System, "Be brief."), new ChatMessage(ChatRole.User, "2 + 3 + 4?")],
            [
                new ReasoningStep("2 + 3 = 5", "local") { Observation = "5" },
                new ReasoningStep("5 + 4 = 9", "expert")
                {
                    IsByExpert = true,
                    Rejected = [new ReasoningStep("5 + 4 = 8", "local") { Check = new StepCheck(StepRule.Source) { ErrorProbability = 1 } }],
                },
                new ReasoningStep("Answer: 9", "local"),
            ])
        {
            End = TrajectoryEnd.Answered,
        })
    {
        Answer = "9",
        IsRight = true,
    };

    /// <summary>Writes all that is kept of a record, with whatever stands for half a surrogate pair.</summary>
    public static string Describe(TrajectoryRecord record)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{record.Id}|{record.Answer ?? "-"}|{record.IsRight}|{record.Cost}|{record.IsCostComplete}|");
        text.Append(CultureInfo.InvariantCulture, $"{record.Trajectory.End}|{record.Trajectory.HandedOverAt}\n");
        foreach (var message in record.Trajectory.Task)
        {
            text.Append(CultureInfo.InvariantCulture, $"{message.Role}: {message.Text}\n");
        }

        foreach (var step in record.Trajectory.Steps)
        {
            Describe(step, text);
        }

        return Proper(text.ToString());
    }

    public static string Proper(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private static void Describe(ReasoningStep step, StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"[{step.Text}|{step.Author}|{step.IsByExpert}|{step.Hint ?? "-"}|{step.Observation ?? "-"}|{step.AcceptedAfter.Ticks}");
        if (step.Spent is { } spent)
        {
            text.Append(CultureInfo.InvariantCulture, $"|{spent.Usage.InputTokenCount}|{spent.Usage.CachedInputTokenCount}|{spent.Usage.OutputTokenCount}");
            text.Append(CultureInfo.InvariantCulture, $"|{spent.IsUsageComplete}|{spent.Cost}|{spent.IsCostComplete}");
        }

        Describe(step.Check, text);
        foreach (var rejected in step.Rejected)
        {
            Describe(rejected, text);
        }

        text.Append("]\n");
    }

    private static void Describe(StepCheck? check, StringBuilder text)
    {
        if (check is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"({check.Source}|{check.ErrorProbability:R}|{check.Reason ?? "-"}|{check.Explanation ?? "-"}");
            foreach (var part in check.Parts)
            {
                Describe(part, text);
            }

            text.Append(')');
        }
    }

    private static Gen<T?> Optional<T>(Gen<T> gen)
        where T : class =>
        Gen.Select(Gen.Bool, gen, (isThere, value) => isThere ? value : null);

    private static Gen<StepCheck> Check(int depth) =>
        from source in Text
        from probability in Gen.Double[0, 1].Nullable()
        from reason in Optional(Text)
        from explanation in Optional(Text)
        from parts in depth == 0 ? Gen.Const(Array.Empty<StepCheck>()) : Check(depth - 1).Array[0, 2]
        select new StepCheck(source) { ErrorProbability = probability, Reason = reason, Explanation = explanation, Parts = [.. parts] };

    private static Gen<ReasoningStep> Step(int depth) =>
        from text in Text
        from author in Text
        from isByExpert in Gen.Bool
        from check in Optional(Check(depth))
        from rejected in depth == 0 ? Gen.Const(Array.Empty<ReasoningStep>()) : Step(depth - 1).Array[0, 2]
        from words in Gen.Select(Optional(Text), Optional(Text))
        from spent in Spent.Nullable()
        from ticks in Gen.Long[0, TimeSpan.TicksPerDay]
        select new ReasoningStep(text, author)
        {
            IsByExpert = isByExpert,
            Check = check,
            Rejected = rejected,
            Hint = words.Item1,
            Observation = words.Item2,
            Spent = spent,
            AcceptedAfter = TimeSpan.FromTicks(ticks),
        };

    private static Gen<AttemptTotals> Spent =>
        from tokens in Gen.Long[0, 1_000_000].Nullable().Array[3]
        from isUsageComplete in Gen.Bool
        from cost in _cost
        from isCostComplete in Gen.Bool
        select new AttemptTotals(
            new UsageDetails { InputTokenCount = tokens[0], CachedInputTokenCount = tokens[1], OutputTokenCount = tokens[2] }, isUsageComplete, cost, isCostComplete);
}
