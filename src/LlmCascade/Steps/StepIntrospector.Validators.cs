using System.Text.Json;
using LlmCascade.Steps.Validators;

namespace LlmCascade.Steps;

public static partial class StepIntrospector
{
    /// <summary>Gets the validator that recomputes the equations of a step.</summary>
    /// <value>
    /// <para>
    /// It reads sums, products, powers, brackets and percentages with their units, chains of equations, the marks of GSM8K's calculator and
    /// what is usual of LaTeX, and says which result is wrong: <see cref="StepReasons.Arithmetic"/>.
    /// </para>
    /// <para>
    /// A result may be rounded or cut off at its last decimal, and be 1 % off where it is called approximate. An equation is left alone where
    /// it has a variable, mixes units such as hours and minutes, or could be read in a way that holds. It clears no step.
    /// </para>
    /// </value>
    public static IStepIntrospector Arithmetic { get; } = new ArithmeticValidator();

    /// <summary>Gets the validator that notices a step that says or does once more what was said or done before.</summary>
    /// <value>
    /// <para>
    /// Suspect is a step whose letters and digits are those of an accepted step; where both have a line that begins with <c>Action:</c>, what
    /// follows there is compared and the thought is not. So is one that calls a tool with the same arguments as an earlier call since the user
    /// last spoke, also where that call failed: <see cref="StepReasons.RepeatedAction"/>.
    /// </para>
    /// <para>Arguments are compared as JSON. It clears no step.</para>
    /// </value>
    public static IStepIntrospector RepeatedAction { get; } = new RepeatedActionValidator();

    /// <summary>Gets the validator that suspects whatever follows an action that failed, which is where agents lose their way.</summary>
    /// <value>
    /// <para>
    /// It does not look at the step, but at what stands before it: the tool results that the conversation ends with, and the observation of the
    /// last accepted step. An action failed whose result has an exception, begins with the word Error, or is a JSON object with an
    /// <c>error</c> or <c>isError</c> that is set: <see cref="StepReasons.ToolError"/>.
    /// </para>
    /// <para>A step that copes well with the error is suspect too. It clears no step.</para>
    /// </value>
    public static IStepIntrospector ToolError { get; } = new ToolErrorValidator();

    /// <summary>Gets the validator that suspects whatever follows an action that brought nothing.</summary>
    /// <value>
    /// It looks where <see cref="ToolError"/> does. Nothing was brought by a result that is <see langword="null"/>, blank, an empty JSON array
    /// or object, or says no more than that there are no results: <see cref="StepReasons.EmptyObservation"/>. It clears no step.
    /// </value>
    public static IStepIntrospector EmptyObservation { get; } = new EmptyObservationValidator();

    /// <summary>Makes a validator that checks each step against a JSON schema.</summary>
    /// <param name="schema">The schema. Keywords that are not known never make a step suspect.</param>
    /// <returns>
    /// The validator. The text of a step must be JSON that fits; of a step that calls tools, the arguments of each call must. Its reason is
    /// <see cref="StepReasons.SchemaMismatch"/>. It clears no step.
    /// </returns>
    /// <exception cref="ArgumentException"><paramref name="schema"/> is undefined.</exception>
    public static IStepIntrospector Schema(JsonElement schema) => schema.ValueKind == JsonValueKind.Undefined
        ? throw new ArgumentException("An undefined element is no schema.", nameof(schema))
        : new SchemaValidator(schema);
}
