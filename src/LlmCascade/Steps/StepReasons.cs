using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>The reasons that checks of steps, and decisions about them, give: short stable codes without content of the step, few enough to be metric tags.</summary>
[Experimental("LLMC006")]
public static class StepReasons
{
    /// <summary>The step was accepted.</summary>
    public const string Accepted = "accepted-step";

    /// <summary>The step is wrong with at least the probability from which on it is written anew.</summary>
    public const string Suspect = "suspect-step";

    /// <summary>The step is wrong with a lower probability.</summary>
    public const string Cleared = "cleared-step";

    /// <summary>The expert has answered lately, and goes on.</summary>
    public const string Staying = "staying-with-expert";

    /// <summary>The step calls a tool whose effect cannot be taken back, and nobody has cleared it.</summary>
    public const string Irreversible = "irreversible-tool";

    /// <summary>An equation of the step does not hold.</summary>
    public const string Arithmetic = "arithmetic";

    /// <summary>The action before the step failed.</summary>
    public const string ToolError = "tool-error";

    /// <summary>The step says or does once more what was said or done before.</summary>
    public const string RepeatedAction = "repeated-action";

    /// <summary>The action before the step brought nothing.</summary>
    public const string EmptyObservation = "empty-observation";

    /// <summary>The step does not fit the schema of steps.</summary>
    public const string SchemaMismatch = "step-schema";

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
