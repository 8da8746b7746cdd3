using System.Diagnostics.CodeAnalysis;
using LlmCascade.Agreement;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Steps;

namespace LlmCascade;

/// <summary>Makes a cascade that works its tasks out step by step from one that answers whole requests.</summary>
[Experimental("LLMC006")]
public static class StepwiseCascade
{
    internal const string Name = "steps";

    /// <summary>Makes it.</summary>
    /// <param name="cascade">
    /// The cascade that is run once for each step: its tiers are asked for steps, its policies decide about them, and its expert writes suspect ones anew. It
    /// has at least one tier. Generators in it that are no <see cref="StepWriter"/> are put into one.
    /// </param>
    /// <param name="options">Who writes, boundaries and limits; the defaults where it is <see langword="null"/>. It is copied.</param>
    /// <returns>
    /// A cascade with no tiers, whose expert is the <see cref="StepwiseGenerator"/>, so that each accepted step is shown at once. It has the settings of the given one; time limit and
    /// observers are about whole tasks, while learning, audits and the expert's budget are about steps.
    /// </returns>
    /// <exception cref="ArgumentException">The cascade has no tier, one whose steps nobody could keep, or an option is outside its range.</exception>
    public static Cascade Create(Cascade cascade, StepwiseOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(cascade);
        var own = StepwiseOptions.Checked(options);
        if (cascade.Tiers.IsEmpty)
        {
            throw new ArgumentException("A cascade without tiers has nobody to write steps but its expert. Add a tier.", nameof(cascade));
        }

        foreach (var tier in cascade.Tiers)
        {
            if (tier is { Generator: IntrospectedGenerator { Introspector.CanClear: false }, Policy: StepPolicy })
            {
                throw new ArgumentException(
                    $"Tier '{tier.Name}' checks its steps with what never finds one to be right, so that nothing would be kept. Let another policy keep them: DeferralPolicy.FirstDecisive(new StepPolicy(canClear: false), DeferralPolicy.KeepTheRest()).",
                    nameof(cascade));
            }
        }

        return Create(InSteps(cascade, own), cascade.Settings, own);
    }

    /// <summary>Makes it from a cascade whose generators write steps.</summary>
    /// <param name="steps">The cascade that is run once for each step.</param>
    /// <param name="settings">The settings of the whole.</param>
    /// <param name="options">Who writes, boundaries and limits, in range.</param>
    internal static Cascade Create(Cascade steps, CascadeSettings settings, StepwiseOptions options)
    {
        // What the expert writes alone says nothing about anybody else.
        var alone = new Cascade([], steps.Expert, Unlearned(steps.Settings));
        var generator = new StepwiseGenerator(
            ByMode(steps, alone, options),
            options.Mode is StepMode.LocalOnly or StepMode.SelfReflection ? null : alone,
            options)
        {
            TimeProvider = settings.TimeProvider,
        };
        return new Cascade([], new Expert(generator, Name), OfTheWhole(settings));
    }

    /// <summary>Gets the settings of a cascade that is run once for each step.</summary>
    internal static CascadeSettings OfOneStep(CascadeSettings settings) =>
        settings with { Timeout = null, OnEpisode = null, Remember = null };

    private static CascadeSettings Unlearned(CascadeSettings settings) => settings with { Learn = null, LearnAudit = null, AuditShare = 0 };

    private static CascadeSettings OfTheWhole(CascadeSettings settings) => Unlearned(settings) with
    {
        Mode = CascadeMode.Normal,
        OnAddendum = null,
        Remember = null,
        ExpertBudget = null,
    };

    /// <summary>Puts each generator of a cascade that asks for whole answers into a step writer.</summary>
    private static Cascade InSteps(Cascade cascade, StepwiseOptions options)
    {
        var tiers = cascade.Tiers.Select(tier => new Tier(tier.Name, InSteps(tier.Generator, options, options.Continuation), tier.Policy)
        {
            Prices = tier.Prices,
            Timeout = tier.Timeout,
            OwnsConversations = tier.OwnsConversations,
            LearnsNothing = tier.LearnsNothing,
        });
        var expert = cascade.Expert;
        return new Cascade(
            tiers,
            new Expert(InSteps(expert.Generator, options, options.ExpertContinuation), expert.Name) { Policy = expert.Policy, Prices = expert.Prices, Timeout = expert.Timeout },
            OfOneStep(cascade.Settings));
    }

    /// <summary>Puts a generator that asks for whole answers into a step writer.</summary>
    internal static IGenerator InSteps(IGenerator generator, StepwiseOptions options, ContinuationStyle style) =>
        WritesSteps(generator) ? generator
        : generator is IntrospectedGenerator introspected ? new IntrospectedGenerator(InSteps(introspected.Inner, options, style), introspected.Introspector)
        : new StepWriter(generator, options.Boundary, style, options.Instructions);

    private static bool WritesSteps(IGenerator generator) => generator switch
    {
        StepWriter => true,
        RedactingGenerator redacting => WritesSteps(redacting.Inner)
            ? throw new ArgumentException("A redactor stands around a step writer, which adds texts that the redactor does not see. Put it inside: new StepWriter(new RedactingGenerator(…)).")
            : false,
        IWrappingGenerator wrapping => WritesSteps(wrapping.Inner),
        EnsembleGenerator ensemble => ensemble.Members.All(member => WritesSteps(member.Generator)),
        Cascade cascade => cascade.Tiers.Select(tier => tier.Generator).Append(cascade.Expert.Generator).All(WritesSteps),
        _ => false,
    };

    private static Cascade ByMode(Cascade steps, Cascade alone, StepwiseOptions options)
    {
        var (first, expert) = (steps.Tiers[0], steps.Expert);
        var local = new LocalWriter(first.Generator is IntrospectedGenerator introspected ? introspected.Inner : first.Generator, first.Name);

        // Where a tier sits in the expert's seat, nothing it says is a truth to learn from, or costs the expert's budget.
        var unlearned = Unlearned(steps.Settings) with { ExpertBudget = null };
        return options.Mode switch
        {
            StepMode.LocalOnly => new Cascade([], new Expert(local, first.Name) { Prices = first.Prices, Timeout = first.Timeout }, unlearned),
            StepMode.SelfReflection => new Cascade([first], new Expert(local, $"{first.Name} again") { Prices = first.Prices, Timeout = first.Timeout }, unlearned),
            StepMode.Hint => new Cascade(
                steps.Tiers,
                new Expert(
                    new HintedGenerator(expert.Generator, expert.Name, expert.Prices, local, first.Prices, new StepPrompt(options.Boundary, options.Instructions)),
                    expert.Name)
                {
                    Timeout = expert.Timeout,
                },
                Unlearned(steps.Settings)),
            StepMode.CloudOnly => alone,
            _ => steps,
        };
    }
}
