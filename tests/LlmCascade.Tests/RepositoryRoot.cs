namespace LlmCascade.Tests;

/// <summary>Finds the files of the repository from where the tests run.</summary>
internal static class RepositoryRoot
{
    public static string Path { get; } = Find();

    /// <summary>Gets a path among the recorded data and tools that may lie beside the repository.</summary>
    public static string Shared(string relativePath) =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, "..", "shared", relativePath));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "LlmCascade.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No LlmCascade.sln above {AppContext.BaseDirectory}.");
    }
}
