using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Persistence;

/// <summary>A checkpoint that cannot be saved or loaded: the message says which file, what is wrong with it, and what to do.</summary>
/// <remarks>Nothing was loaded, not even in part, and a file that could not be saved left the former one as it was.</remarks>
[Experimental("LLMC001")]
public sealed class CheckpointException : IOException
{
    internal CheckpointException(string path, string problem, string remedy, Exception? innerException = null)
        : base($"The checkpoint '{path}' {problem}. {remedy}", innerException)
    {
        Path = path;
    }

    /// <summary>Gets the full path of the file.</summary>
    public string Path { get; }
}
