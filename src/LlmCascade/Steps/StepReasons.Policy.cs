namespace LlmCascade.Steps;

/// <content>The reasons of <see cref="StepPolicy"/>.</content>
public static partial class StepReasons
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
}
