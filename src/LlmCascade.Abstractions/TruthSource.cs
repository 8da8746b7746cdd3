using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>Where the truth of a lesson comes from.</summary>
[Experimental("LLMC001")]
public enum TruthSource
{
    /// <summary>The expert answered the request.</summary>
    Expert,

    /// <summary>The expert was asked about an answer that had been kept, or would have been.</summary>
    Audit,

    /// <summary>The host reported it.</summary>
    Host,
}
