using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Strategies;

/// <summary>Which strategies a tier is shown.</summary>
[Experimental("LLMC004")]
public enum StrategyMode
{
    /// <summary>Those of the most similar questions.</summary>
    Retrieved,

    /// <summary>None.</summary>
    None,

    /// <summary>As many as would have been found, drawn from all of the scope: the control with which it is told whether the right ones help.</summary>
    Random,
}
