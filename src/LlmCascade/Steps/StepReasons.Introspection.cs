using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>The reasons that checks of steps give: short stable codes without content of the step, few enough to be metric tags.</summary>
[Experimental("LLMC006")]
public static partial class StepReasons
{
    /// <summary>The check was made; it is what the check's own attempt says.</summary>
    public const string Checked = "checked";

    /// <summary>The model that was to check the step failed, so that nothing is known.</summary>
    public const string CheckFailed = "check-failed";

    /// <summary>The model that was to check the step answered with neither of the two words.</summary>
    public const string CheckUnparsed = "check-unparsed";

    /// <summary>Nobody could be asked: a recorded step was checked.</summary>
    public const string NotAsked = "not-asked";

    /// <summary>There are no token log-probabilities to look at.</summary>
    public const string NoProbabilities = "no-probabilities";

    /// <summary>The step is one answer, and there are no others to compare it with.</summary>
    public const string NoAgreement = "no-agreement";

    /// <summary>Too few lessons were learned to say anything.</summary>
    public const string Untrained = "untrained";
}
