using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Persistence;

/// <summary>A journal that cannot be opened, read or written: the message says which file, what is wrong with it, and what to do.</summary>
/// <remarks>Nothing of it was loaded, not even in part; what was acknowledged before is still in the file.</remarks>
[Experimental("LLMC004")]
public sealed class JournalException : IOException
{
    internal JournalException(string path, string problem, string remedy, Exception? innerException = null)
        : base($"The journal '{path}' {problem}. {remedy}", innerException)
    {
        Path = path;
    }

    /// <summary>Gets the full path of the file.</summary>
    public string Path { get; }
}
