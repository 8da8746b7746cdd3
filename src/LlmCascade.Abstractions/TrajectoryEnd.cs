using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>Why no more steps followed.</summary>
[Experimental("LLMC006")]
public enum TrajectoryEnd
{
    /// <summary>More steps may follow.</summary>
    Open,

    /// <summary>The last step gives the answer.</summary>
    Answered,

    /// <summary>The last step calls tools, whose results the caller brings.</summary>
    CallsTools,

    /// <summary>The limit of steps was reached.</summary>
    StepLimit,

    /// <summary>The limit of tokens was reached, that of the task or that of one step.</summary>
    TokenLimit,

    /// <summary>The limit of cost was reached.</summary>
    CostLimit,

    /// <summary>The time limit was reached.</summary>
    TimeLimit,

    /// <summary>The provider's content filter cut the last step.</summary>
    Filtered,

    /// <summary>The steps went in circles, also after the expert had taken over.</summary>
    Loop,
}
