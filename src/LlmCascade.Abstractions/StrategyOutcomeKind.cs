using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>What happened to a strategy.</summary>
[Experimental("LLMC004")]
public enum StrategyOutcomeKind
{
    /// <summary>It was put into a prompt.</summary>
    Shown,

    /// <summary>An answer that was kept, given with it in the prompt, was checked and confirmed.</summary>
    Won,

    /// <summary>An answer that was kept, given with it in the prompt, was checked and contradicted.</summary>
    Lost,

    /// <summary>An answer that was deferred agreed with the expert's.</summary>
    DraftAgreed,

    /// <summary>An answer that was deferred disagreed with the expert's.</summary>
    DraftDisagreed,
}
