using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Evaluation;

/// <summary>What comes of deferring a share of the prompts. What is not known is <see langword="null"/>.</summary>
[Experimental("LLMC005")]
public sealed record AgreementPoint
{
    /// <summary>Gets the share of prompts that the target answers.</summary>
    public required double DeferralRate { get; init; }

    /// <summary>Gets what a prompt costs, members and target, as a share of what an answer of the target costs.</summary>
    public double? Cost { get; init; }

    /// <summary>Gets the mean score.</summary>
    public required double Quality { get; init; }

    /// <summary>Gets the lower end of its 95 % interval.</summary>
    public required double Low { get; init; }

    /// <summary>Gets the upper end.</summary>
    public required double High { get; init; }

    /// <summary>Gets how many milliseconds half of the prompts take at most, when the members answer side by side.</summary>
    public double? LatencyP50 { get; init; }

    /// <summary>Gets how many milliseconds 95 of 100 prompts take at most, when the members answer side by side.</summary>
    public double? LatencyP95 { get; init; }

    /// <summary>Gets how much less time than the target alone a prompt takes in the mean, as a share, when the members answer side by side; below 0 where it takes more.</summary>
    public double? LatencyReduction { get; init; }

    /// <summary>Gets how many milliseconds half of the prompts take at most, when the members answer one after the other.</summary>
    public double? SequentialLatencyP50 { get; init; }

    /// <summary>Gets how many milliseconds 95 of 100 prompts take at most, when the members answer one after the other.</summary>
    public double? SequentialLatencyP95 { get; init; }

    /// <summary>Gets BLEU of all answers together against the references, from 0 to 100.</summary>
    public double? Bleu { get; init; }

    /// <summary>Gets the mean F1 of ROUGE-L against the references, from 0 to 1.</summary>
    public double? RougeL { get; init; }
}
