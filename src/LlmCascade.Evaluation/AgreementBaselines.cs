using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Evaluation;

/// <summary>What else could be done with the same answers.</summary>
/// <param name="AlwaysTarget">The target answers everything.</param>
/// <param name="AlwaysMember">Each member answers everything, in their order.</param>
/// <param name="RandomKeeps">Who answers what chance does not defer: <c>spoken</c>, the answers that stand in the replay, or <c>member</c>, the best single member, chosen on other folds; whichever is better.</param>
/// <param name="Random">Chance defers.</param>
/// <param name="Length">The longest prompts are deferred first.</param>
/// <param name="Oracle">Those prompts are deferred first for which the target gains most, with hindsight.</param>
/// <param name="Majority">Where fewer members come to the same number, prompts are deferred first; <see langword="null"/> where answers come to none.</param>
[Experimental("LLMC005")]
public sealed record AgreementBaselines(
    AgreementBaseline AlwaysTarget,
    IReadOnlyList<AgreementBaseline> AlwaysMember,
    string RandomKeeps,
    IReadOnlyList<AgreementBaselinePoint> Random,
    IReadOnlyList<AgreementBaselinePoint> Length,
    IReadOnlyList<AgreementBaselinePoint> Oracle,
    IReadOnlyList<AgreementBaselinePoint>? Majority);

/// <summary>One model that answers everything.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Quality">The mean score.</param>
/// <param name="Cost">What an answer costs, as a share of what an answer of the target costs.</param>
/// <param name="Latency">How many milliseconds an answer takes.</param>
/// <param name="Bleu">BLEU of all answers together against the references, from 0 to 100.</param>
/// <param name="RougeL">The mean F1 of ROUGE-L against the references, from 0 to 1.</param>
[Experimental("LLMC005")]
public sealed record AgreementBaseline(string Name, AgreementEstimate Quality, double? Cost, double? Latency, double? Bleu, double? RougeL);

/// <summary>What comes of deferring a share of the prompts in another way.</summary>
/// <param name="DeferralRate">The share of prompts that the target answers.</param>
/// <param name="Quality">The mean score.</param>
/// <param name="Low">The lower end of its 95 % interval.</param>
/// <param name="High">The upper end.</param>
/// <param name="Bleu">BLEU of all answers together against the references, from 0 to 100.</param>
/// <param name="RougeL">The mean F1 of ROUGE-L against the references, from 0 to 1.</param>
[Experimental("LLMC005")]
public sealed record AgreementBaselinePoint(double DeferralRate, double Quality, double Low, double High, double? Bleu, double? RougeL);
