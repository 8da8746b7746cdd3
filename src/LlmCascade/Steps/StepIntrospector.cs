using System.Diagnostics.CodeAnalysis;
using LlmCascade.Calibration;
using LlmCascade.Steps.Introspection;

namespace LlmCascade.Steps;

/// <summary>What says with which probability a step is wrong, and ways to make one of several.</summary>
/// <remarks>
/// All are thread-safe. A raw probability is no share of errors: choose a threshold on steps whose truth you know, or let a
/// <see cref="StepCalibrator"/> learn what it is worth. Untrained small models check their own steps badly, so put validators first.
/// </remarks>
[Experimental("LLMC006")]
public static partial class StepIntrospector
{
    /// <summary>Asks a model whether the step is wrong, and reads how probable its yes is: <c>p(yes) / (p(yes) + p(no))</c> at the first token.</summary>
    /// <param name="model">
    /// Who is asked: a generator whose chat client supplies log-probabilities with alternatives (<c>UseOpenAILogProbabilities</c>,
    /// <c>UseTokenLogProbabilities</c>), and whose model answers at once, without reasoning first.
    /// </param>
    /// <param name="prompt">What it is asked; <see cref="CheckPrompt.Default"/> where it is <see langword="null"/>.</param>
    /// <param name="prices">What a call costs; <see langword="null"/> when that is unknown.</param>
    /// <returns>The introspector. Its id names prompt and model, since the probabilities of one model are not those of another.</returns>
    /// <remarks>
    /// <para>
    /// The check of AdaSwitch (arXiv 2410.13181). It is one call for one token at temperature 0, made with the step's own options but for tools,
    /// response format and stop sequences, and recorded as a child named <c>check</c> with the role <see cref="AttemptRole.Judge"/>.
    /// </para>
    /// <para>
    /// Tokens that spell a beginning of one word alone count for it, whatever their case. Where the alternatives hold only one of the two words,
    /// what they do not list counts for the other one: so also for a model that gives the probability of its own token alone, an approximation.
    /// </para>
    /// <para>
    /// It cannot tell without log-probabilities, without an attempt, and where the call fails, which does not fail the step
    /// (<see cref="StepReasons.CheckFailed"/>); a cancellation is thrown.
    /// </para>
    /// </remarks>
    public static IStepIntrospector Asked(IGenerator model, CheckPrompt? prompt = null, Prices? prices = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new AskedIntrospector(model, prompt ?? CheckPrompt.Default, prices);
    }

    /// <summary>Looks at how sure the model was of the step's own tokens: one minus their confidence.</summary>
    /// <param name="measure">How the tokens become one number; <see cref="TokenConfidence.Minimum"/> and a low <see cref="TokenConfidence.Quantile"/> are usual.</param>
    /// <returns>The introspector, which is free. It cannot tell where the step has no <see cref="Generation.Tokens"/>.</returns>
    public static IStepIntrospector Tokens(TokenConfidence measure)
    {
        ArgumentNullException.ThrowIfNull(measure);
        return new TokenIntrospector(measure);
    }

    /// <summary>Gets what looks at how much several candidates for the step disagree: one minus the score of their agreement.</summary>
    /// <value>
    /// For a step that an ensemble has written, or a tier with sampling. It cannot tell where <see cref="Generation.Agreement"/> has no score.
    /// </value>
    public static IStepIntrospector Disagreement { get; } = new DisagreementIntrospector();

    /// <summary>Makes an introspector that asks others in turn, and stops at the first one that is certain that the step is wrong.</summary>
    /// <param name="introspectors">The others, at least one. Validators first, so that a check that is paid for is not made where they find something.</param>
    /// <returns>
    /// The introspector. The largest probability counts, with the reason and the explanation of who said it, and none where nobody can tell;
    /// <see cref="StepCheck.Parts"/> are those that were asked.
    /// </returns>
    /// <exception cref="ArgumentException">There is no introspector.</exception>
    public static IStepIntrospector FirstCertain(params IReadOnlyList<IStepIntrospector> introspectors) =>
        new FirstCertainIntrospector(IntrospectorsInTurn.Of(introspectors));
}
