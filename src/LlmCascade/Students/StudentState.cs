using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Students;

/// <summary>How a student is doing.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Lessons">How many lessons it has learned, corrections of earlier ones among them.</param>
/// <param name="Agreement">
/// The share of recent texts on which it had agreed with the expert before it learned what the expert said; <see langword="null"/>
/// before the first. Mostly texts that it was unsure of are among them.
/// </param>
[Experimental("LLMC001")]
public sealed record StudentState(string Name, long Lessons, double? Agreement);
