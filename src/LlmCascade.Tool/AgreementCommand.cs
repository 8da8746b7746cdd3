using System.CommandLine;
using LlmCascade.Evaluation;

namespace LlmCascade.Tool;

/// <summary><c>llmcascade replay-agreement</c>.</summary>
internal static class AgreementCommand
{
    public static Command Create(TextWriter output)
    {
        var flags = new AgreementFlags();
        var command = new Command("replay-agreement", "Replays recorded answers of several models as an ensemble that defers where it does not agree.");
        foreach (var option in flags.All)
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => RunAsync(flags, parsed, output, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(AgreementFlags flags, ParseResult parsed, TextWriter output, CancellationToken cancellationToken)
    {
        using var models = new TierModels();
        var (data, options, choose) = BadInputException.Tell(() => flags.Read(parsed, models));
        if (choose is { } members)
        {
            var means = await BadInputException.Tell(() => AgreementReplay.ChooseAsync(data, options, members, cancellationToken));
            Write(means.ToJson, () => AgreementTable.Write(output, means));
        }
        else
        {
            var report = await AgreementReplay.RunAsync(data, options, cancellationToken);
            Write(report.ToJson, () => AgreementTable.Write(output, report));
        }

        return ExitCodes.Done;

        void Write(Func<string> json, Action table)
        {
            if (parsed.GetValue(flags.Json))
            {
                output.WriteLine(json());
            }
            else
            {
                table();
            }
        }
    }
}
