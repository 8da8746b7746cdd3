namespace LlmCascade.Steps.Validators;

/// <summary>What a validator found to be wrong with a step.</summary>
/// <param name="Reason">Why, as a short stable code.</param>
/// <param name="Explanation">What is wrong, in words for whoever writes the step anew.</param>
internal readonly record struct StepFlaw(string Reason, string Explanation);
