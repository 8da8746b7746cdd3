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

    /// <summary>As many as would have been found, drawn from the scope, of which the thousand most similar ones count: the control with which it is told whether the right ones help.
    /// What becomes of the answers is not counted for or against them.</summary>
    Random,
}
