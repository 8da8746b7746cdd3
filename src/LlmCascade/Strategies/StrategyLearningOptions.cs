using System.Diagnostics.CodeAnalysis;
using LlmCascade.Calibration;

namespace LlmCascade.Strategies;

/// <summary>How a cascade makes strategies out of what its expert answers, and what becomes of them.</summary>
[Experimental("LLMC004")]
public sealed class StrategyLearningOptions
{
    /// <summary>Gets or sets what takes out of a text what must not be stored: names, numbers of accounts.</summary>
    /// <value>By default nothing is taken out. Where it leaves nothing, nothing is stored. It runs over the question and over the strategy before they are stored, and never over what is asked.</value>
    public Func<string, string>? Redact { get; set; }

    /// <summary>Gets or sets the confidence that the expert's answer has to have.</summary>
    /// <value>From 0 to 1; <see langword="null"/>, the default, asks for none. An answer without a confidence is as good as one of 0; the host's truth needs none.</value>
    public double? MinimumExpertConfidence { get; set; }

    /// <summary>Gets or sets who says whether an answer may become a strategy.</summary>
    /// <value>By default whatever may be learned from may (<see cref="CascadeBuilder.AcceptForLearning"/>). Asked off the request's path; what it throws counts as no.</value>
    public Func<Lesson, CancellationToken, ValueTask<bool>>? Verify { get; set; }

    /// <summary>Gets or sets whether the expert writes its note together with its answer, as one object of JSON, instead of in a call of its own.</summary>
    /// <value>
    /// <see langword="false"/> by default: the note is asked for off the request's path. Otherwise a call is saved, the caller waits for the note, and a streamed answer
    /// is shown when it is whole. The expert's model must know JSON schemas. Requests that ask for a format of their own, have tools or continue a
    /// conversation get their notes in a call of its own all the same, and so do all after five replies in a row that were no such object. Requests that come at
    /// once may each bring a note, of which one is stored.
    /// </value>
    public bool InSameCall { get; set; }

    /// <summary>Gets or sets whether a new strategy has to prove itself before an answer given with it is kept.</summary>
    /// <value>
    /// <see langword="false"/> by default. Otherwise tiers are shown it and their answers deferred, until more of them were the same as the expert's than not. That costs
    /// an expert's call more for each kind of question, and keeps out strategies that the tier cannot use. Where the expert's budget is spent, the draft is the
    /// answer all the same.
    /// </value>
    public bool Quarantine { get; set; }

    /// <summary>Gets or sets from which similarity of their questions on two strategies are one.</summary>
    /// <value>A cosine, above 0 and at most 1; 0.95 by default. The second one is not made, unless the host reported its truth: then it takes the place of the first.</value>
    public double DuplicateSimilarity { get; set; } = 0.95;

    /// <summary>Gets or sets what says whether two answers are the same one.</summary>
    /// <value>By default the label, else the number, else the text.</value>
    public IAgreementMeasure SameAnswer { get; set; } = AgreementMeasure.SameAnswer;

    /// <summary>Gets or sets which share of the checked answers given with it a strategy has to win.</summary>
    /// <value>
    /// From 0 to 1; 0.5 by default. It is retired when that is out of reach: when the upper end of the 95 % interval of Wilson lies below. Only kept
    /// answers count that were audited, drawn for exploration, or reported by the host.
    /// </value>
    public double RetireBelow { get; set; } = 0.5;

    /// <summary>Gets or sets what embedding a million tokens costs, for <see cref="StrategyUplift.Saving"/>.</summary>
    /// <value>Not negative; 0, the default, is right for an embedder of one's own.</value>
    public decimal EmbeddingPerMillion { get; set; }

    /// <summary>Gets or sets how many lessons may wait to become strategies; more are passed over.</summary>
    /// <value>At least 1; 1,000 by default.</value>
    public int Capacity { get; set; } = 1000;

    /// <summary>Copies the values as they are.</summary>
    internal StrategyLearningOptions Copy() => (StrategyLearningOptions)MemberwiseClone();

    /// <summary>Says what is wrong with the values, each mistake with the name of its option.</summary>
    internal IEnumerable<string> FindMistakes()
    {
        if (MinimumExpertConfidence is { } confidence && confidence is not (>= 0 and <= 1))
        {
            yield return $"MinimumExpertConfidence: {confidence} is no confidence, which lies between 0 and 1.";
        }

        if (DuplicateSimilarity is not (> 0 and <= 1))
        {
            yield return $"DuplicateSimilarity: {DuplicateSimilarity} is not above 0 and at most 1.";
        }

        if (RetireBelow is not (>= 0 and <= 1))
        {
            yield return $"RetireBelow: {RetireBelow} is no share, which lies between 0 and 1.";
        }

        if (SameAnswer is null)
        {
            yield return "SameAnswer: nothing says whether two answers are the same.";
        }

        if (EmbeddingPerMillion is < 0 or > 1_000_000)
        {
            yield return $"EmbeddingPerMillion: {EmbeddingPerMillion} is no price between 0 and 1,000,000.";
        }

        if (Capacity < 1)
        {
            yield return $"Capacity: {Capacity} is below 1.";
        }
    }
}
