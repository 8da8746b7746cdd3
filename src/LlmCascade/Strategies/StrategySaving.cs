using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Strategies;

/// <summary>What strategies have saved and what they have cost, in the currency of the cascade's prices.</summary>
/// <param name="Gross">The calls of the expert that were spared: the gain in kept answers, of all that were shown strategies, at the mean cost of a call.</param>
/// <param name="GrossLow">The lower end of where that lies at 95 %.</param>
/// <param name="GrossHigh">The upper end.</param>
/// <param name="Prompts">What strategies have cost in the tiers' prompts, and tries without them that were not sure enough.</param>
/// <param name="Notes">What the expert's notes have cost.</param>
/// <param name="Embeddings">What embedding the questions has cost, at four characters a token.</param>
[Experimental("LLMC004")]
public sealed record StrategySaving(
    decimal Gross, decimal GrossLow, decimal GrossHigh, decimal Prompts, decimal Notes, decimal Embeddings)
{
    /// <summary>Gets what is left when everything is paid; negative where strategies cost more than they save.</summary>
    public decimal Net => Gross - Prompts - Notes - Embeddings;
}
