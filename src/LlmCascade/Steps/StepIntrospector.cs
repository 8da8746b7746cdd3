using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps;

/// <summary>Makes introspectors, which say with which probability a step is wrong.</summary>
[Experimental("LLMC006")]
public static partial class StepIntrospector;
