using System.Globalization;

namespace StepDetectors;

/// <summary>What the program was told.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = [];

    /// <exception cref="FormatException">An option is unknown, or has no value.</exception>
    public Arguments(string[] args)
    {
        Mode = args is [var mode, ..] ? mode : "";
        for (var i = 1; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--json":
                    IsJson = true;
                    break;
                case "--show":
                    Shows = true;
                    break;
                case "--streams" or "--endpoint" or "--model" or "--questions" or "--cache" when i + 1 < args.Length:
                    _values[args[i]] = args[++i];
                    break;
                default:
                    throw new FormatException($"'{args[i]}' is no option, or has no value.");
            }
        }
    }

    public string Mode { get; }

    public bool IsJson { get; }

    /// <summary>Gets whether findings of validators are told one by one.</summary>
    public bool Shows { get; }

    public string Streams => Value("--streams") ?? Path.Combine(RepositoryRoot(), "..", "shared", "streams");

    /// <exception cref="FormatException">There is none.</exception>
    public Uri Endpoint => Uri.TryCreate(Value("--endpoint"), UriKind.Absolute, out var endpoint)
        ? endpoint
        : throw new FormatException("Say with --endpoint where the server is, such as http://127.0.0.1:8080/v1.");

    /// <exception cref="FormatException">There is none.</exception>
    public string Model => Value("--model") ?? throw new FormatException("Say with --model which model to ask.");

    /// <exception cref="FormatException">There is none.</exception>
    public string Cache => Value("--cache") ?? throw new FormatException("Say with --cache in which folder replies are kept.");

    /// <exception cref="FormatException">It is no number.</exception>
    public int QuestionsOr(int usual) => Value("--questions") is { } questions ? int.Parse(questions, NumberStyles.None, CultureInfo.InvariantCulture) : usual;

    private string? Value(string name) => _values.GetValueOrDefault(name);

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "LlmCascade.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return folder ?? ".";
    }
}
