using System.Diagnostics.CodeAnalysis;
using LlmCascade.Evaluation;

namespace LabelStream;

/// <summary>What the command line says: nothing for a stream that is made up, or a recorded one.</summary>
internal sealed record Arguments(string? Stream, string Text, string Gold, string Expert, string? Labels, string? Order, ReplayBudget Budget)
{
    private const string Usage =
        """
        LabelStream                                        a stream that is made up
        LabelStream --stream FILE.tsv[.gz] --text COLUMN --gold COLUMN --expert COLUMN
          [--labels A,B,…] [--order FILE] [--budget N|SHARE]
        """;

    public static bool TryParse(string[] args, [NotNullWhen(true)] out Arguments? arguments)
    {
        arguments = null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i + 1 < args.Length; i += 2)
        {
            values[args[i]] = args[i + 1];
        }

        string[] known = ["--stream", "--text", "--gold", "--expert", "--labels", "--order", "--budget"];
        if (args.Length % 2 != 0 || values.Keys.FirstOrDefault(key => !known.Contains(key)) is not null)
        {
            return Fail("An argument is not understood, or its value is missing.");
        }

        try
        {
            var budget = ReplayBudget.Parse(values.GetValueOrDefault("--budget", "0.15"));
            if (!values.TryGetValue("--stream", out var stream))
            {
                arguments = new Arguments(null, "", "", "", null, null, budget);
                return true;
            }

            arguments = new Arguments(
                stream, values["--text"], values["--gold"], values["--expert"], values.GetValueOrDefault("--labels"), values.GetValueOrDefault("--order"), budget);
            return true;
        }
        catch (FormatException e)
        {
            return Fail(e.Message);
        }
        catch (KeyNotFoundException)
        {
            return Fail("Name the columns with --text, --gold and --expert.");
        }
    }

    public RecordedStream LoadStream() =>
        Stream is null ? GeneratedStream.Make() : RecordedStream.Load(Stream, Text, Gold, Expert, Labels?.Split(','), Order);

    private static bool Fail(string message)
    {
        Console.Error.WriteLine(message);
        Console.Error.WriteLine(Usage);
        return false;
    }
}
