using System.CommandLine;
using System.CommandLine.Help;
using LlmCascade.Persistence;

namespace LlmCascade.Tool;

/// <summary>The command line: its result goes to the output, everything else to the error output.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(
        string[] args, TextWriter output, TextWriter error, ProgressLine progress, CancellationToken cancellationToken)
    {
        // A root command of the library's own would be named after the assembly.
        var root = new Command("llmcascade", "Measures cascades of language models on recorded data, and looks after what they have learned.")
        {
            new HelpOption(), new VersionOption(), ReplayCommand.Create(output, progress), AgreementCommand.Create(output), StrategiesCommand.Create(output),
        };
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors is [var first, ..])
        {
            return Refuse(error, first.Message);
        }

        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                cancellationToken);
        }
        catch (Exception e) when (e is CheckpointException or JournalException)
        {
            progress.Clear();
            return Refuse(error, e.Message);
        }
        catch (BadInputException e)
        {
            progress.Clear();
            return Refuse(error, e.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            progress.Clear();
            error.WriteLine("Interrupted.");
            return ExitCodes.Interrupted;
        }
    }

    private static int Refuse(TextWriter error, string message)
    {
        error.WriteLine(string.Join(' ', message.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        return ExitCodes.BadInput;
    }
}
