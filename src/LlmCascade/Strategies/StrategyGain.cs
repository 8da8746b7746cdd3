using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Strategies;

/// <summary>A difference of two shares, and where it lies at 95 % (Newcombe 1998, method 10).</summary>
/// <param name="Value">The difference; <see cref="double.NaN"/> where one side has no answers.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
[Experimental("LLMC004")]
public readonly record struct StrategyGain(double Value, double Low, double High);
