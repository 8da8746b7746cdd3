using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>Who writes the steps.</summary>
[Experimental("LLMC006")]
public enum StepMode
{
    /// <summary>The tiers write, and the expert writes anew what they are suspected to have got wrong: AdaSwitch.</summary>
    Switching,

    /// <summary>The first tier writes, and nothing is checked.</summary>
    LocalOnly,

    /// <summary>The first tier writes, and itself writes anew what it is suspected to have got wrong.</summary>
    SelfReflection,

    /// <summary>The expert gives a short hint where a step is suspect, and the first tier writes the step anew with it.</summary>
    Hint,

    /// <summary>The expert writes every step.</summary>
    CloudOnly,
}
