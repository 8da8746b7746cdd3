using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>Which checked steps are passed on, and when control comes back.</summary>
[Experimental("LLMC006")]
public sealed class StepCheckOptions
{
    /// <summary>Gets or sets from which probability of being wrong on a step is passed on: the activation threshold of AdaSwitch.</summary>
    /// <value>Above 0 and at most 1; 0.5 by default. Choose it on tasks whose answers you know.</value>
    public double ActivationThreshold { get; set; } = 0.5;

    /// <summary>Gets or sets the activation threshold while somebody else wrote the step before, so that control does not go to and fro.</summary>
    /// <value>Above 0 and at most <see cref="ActivationThreshold"/>; <see langword="null"/>, the default, for the same.</value>
    public double? ReturnThreshold { get; set; }

    /// <summary>Gets or sets how many steps in a row whoever took over writes at least, before the tier is asked again.</summary>
    /// <value>At least 1, the default.</value>
    public int MinimumStay { get; set; } = 1;

    /// <summary>Gets or sets which share of the checked steps is passed on, instead of a threshold.</summary>
    /// <value>
    /// Above 0 and below 1; <see langword="null"/>, the default, for the threshold. The steps passed on are the most suspect ones, by a quantile of the latest 500
    /// that follows the share. A step that is certainly wrong is passed on all the same. It is no hard limit; that is <see cref="CascadeBuilder.LimitExpertShare"/>'s.
    /// </value>
    public double? ExpertShare { get; set; }

    /// <summary>Finds what is wrong, each with the way out.</summary>
    internal IEnumerable<string> FindMistakes()
    {
        if (ActivationThreshold is not (> 0 and <= 1))
        {
            yield return "The activation threshold lies above 0 and is at most 1: at 0 every step would be passed on.";
        }

        if (ReturnThreshold is not null && !(ReturnThreshold > 0 && ReturnThreshold <= ActivationThreshold))
        {
            yield return "The threshold of return lies above 0 and at most at the activation threshold.";
        }

        if (MinimumStay < 1)
        {
            yield return "Whoever takes over writes one step at least.";
        }

        if (ExpertShare is not null && ExpertShare is not (> 0 and < 1))
        {
            yield return "A share of the steps lies between 0 and 1. Leave it null for the threshold.";
        }

        if (ExpertShare is not null && ReturnThreshold is not null)
        {
            yield return "There is a share of the steps and a threshold of return, and the share leaves no threshold to lower. Choose one.";
        }
    }

    /// <summary>Copies options that are in range.</summary>
    /// <exception cref="ArgumentException">One is not.</exception>
    internal static StepCheckOptions Checked(StepCheckOptions? options)
    {
        options ??= new StepCheckOptions();
        return options.FindMistakes().FirstOrDefault() is { } mistake
            ? throw new ArgumentException(mistake, nameof(options))
            : (StepCheckOptions)options.MemberwiseClone();
    }
}
