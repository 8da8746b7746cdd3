using System.Diagnostics.CodeAnalysis;

namespace Showcase;

/// <summary>What the command line says: nothing for the scripted models, or an endpoint with two models.</summary>
internal sealed record Arguments(Uri? Endpoint, string Weak, string Expert, bool IsStreaming)
{
    private const string Usage =
        """
        Showcase                                             runs offline with scripted models
        Showcase --endpoint URL --weak NAME --expert NAME    runs against an OpenAI-compatible server
          --stream     asks for streamed answers
        The API key is read from the environment variable OPENAI_API_KEY where the server needs one.
        """;

    public static bool TryParse(string[] args, [NotNullWhen(true)] out Arguments? arguments)
    {
        arguments = null;
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var isStreaming = false;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--stream")
            {
                isStreaming = true;
            }
            else if (args[i] is "--endpoint" or "--weak" or "--expert" && i + 1 < args.Length)
            {
                values[args[i]] = args[++i];
            }
            else
            {
                return Fail($"'{args[i]}' is not understood, or its value is missing.");
            }
        }

        if (values.Count == 0)
        {
            arguments = new Arguments(null, "", "", isStreaming);
            return true;
        }

        if (values.Count < 3)
        {
            return Fail("Give --endpoint, --weak and --expert together.");
        }

        if (!Uri.TryCreate(values["--endpoint"], UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            return Fail($"'{values["--endpoint"]}' is no URL of an HTTP server.");
        }

        arguments = new Arguments(endpoint, values["--weak"], values["--expert"], isStreaming);
        return true;
    }

    private static bool Fail(string message)
    {
        Console.Error.WriteLine(message);
        Console.Error.WriteLine(Usage);
        return false;
    }
}
