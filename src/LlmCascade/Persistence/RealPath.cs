namespace LlmCascade.Persistence;

/// <summary>Finds the file that a path leads to, through links of files and folders, as the operating system does.</summary>
internal static class RealPath
{
    private const int MostLinks = 40;

    /// <param name="path">A full path. What does not exist is no link.</param>
    /// <exception cref="IOException">The links go round in a circle.</exception>
    public static string Of(string path)
    {
        var links = 0;
        var root = Path.GetPathRoot(path)!;
        var rest = new Stack<string>(PartsOf(path[root.Length..]).Reverse());
        var real = root;
        while (rest.TryPop(out var part))
        {
            var next = Path.GetFullPath(Path.Combine(real, part));
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
            {
                throw new IOException($"The links of '{path}' go round in a circle.");
            }

            if (Path.IsPathRooted(target))
            {
                real = Path.GetPathRoot(target)!;
                target = target[real.Length..];
            }

            foreach (var each in PartsOf(target).Reverse())
            {
                rest.Push(each);
            }
        }

        return real;
    }

    private static string[] PartsOf(string path) => path.Split([Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar], StringSplitOptions.RemoveEmptyEntries);
}
