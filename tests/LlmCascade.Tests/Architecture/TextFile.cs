namespace LlmCascade.Tests.Architecture;

/// <summary>A file of the repository: what the rules about texts look at, so that a test can plant one.</summary>
/// <param name="Path">The path from the root of the repository.</param>
/// <param name="Text">The text.</param>
internal sealed record TextFile(string Path, string Text)
{
    private static readonly string _root = FindRoot();

    /// <summary>Gets the text's lines.</summary>
    public string[] Lines { get; } = Text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');

    /// <summary>Reads the files below some folders of the repository, without what a build put there.</summary>
    public static List<TextFile> Under(string pattern, params IEnumerable<string> folders) =>
    [
        .. folders
            .Select(folder => System.IO.Path.Combine(_root, folder))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
            .Select(path => System.IO.Path.GetRelativePath(_root, path).Replace('\\', '/'))
            .Where(path => !path.Split('/').Any(part => part is "bin" or "obj" or "BenchmarkDotNet.Artifacts"))
            .Order(StringComparer.Ordinal)
            .Select(Read),
    ];

    public static TextFile Read(string path) => new(path, File.ReadAllText(System.IO.Path.Combine(_root, path)));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "LlmCascade.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run outside the repository, whose files they check.");
    }
}
