using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>Whether a strategy may be shown to a model. It only ever rises: where two copies differ, the higher one holds.</summary>
[Experimental("LLMC004")]
public enum StrategyStatus
{
    /// <summary>It is stored, and found only where it is asked for: an answer given with it is not to be kept.</summary>
    Quarantined,

    /// <summary>It may be shown.</summary>
    Active,

    /// <summary>It is not shown any more.</summary>
    Retired,
}
