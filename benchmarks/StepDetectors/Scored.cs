namespace StepDetectors;

/// <summary>What a detector said about one step.</summary>
/// <param name="Question">The question that the step belongs to; those of one question stand or fall together.</param>
/// <param name="Score">How suspect it is; <see langword="null"/> where the detector cannot tell.</param>
/// <param name="IsWrong">Whether it is wrong.</param>
internal readonly record struct Scored(string Question, double? Score, bool IsWrong);
