using LlmCascade.Students;

namespace LlmCascade.Evaluation;

/// <summary>What is replayed, and how often.</summary>
/// <param name="Budget">How many calls of the expert each run may take, a ceiling in every mode.</param>
public sealed record ReplayOptions(ReplayBudget Budget)
{
    private const int MostRuns = 10_000;

    /// <summary>Gets who labels the stream.</summary>
    public ReplayMethod Method { get; init; } = ReplayMethod.Cascade;

    /// <summary>Gets by whose rules a cascade learns and defers.</summary>
    public ReplayMode Mode { get; init; } = ReplayMode.Default;

    /// <summary>Gets the weight of the cost in the paper's objective; paper mode only.</summary>
    /// <value>Above 0; <see langword="null"/> for 0.0005, in the middle of what the paper tries on its largest stream.</value>
    public double? Mu { get; init; }

    /// <summary>Gets the row of the paper's table of settings; paper mode only.</summary>
    /// <value>
    /// <c>imdb-small</c>, <c>imdb-large</c>, <c>hatespeech-small</c>, <c>hatespeech-large</c>, <c>isear-small</c>,
    /// <c>isear-large</c>, <c>fever-small</c> or <c>fever-large</c>; <see langword="null"/> for the first.
    /// </value>
    public string? Settings { get; init; }

    /// <summary>Gets by what a cascade decides which items the expert gets; default mode only.</summary>
    public ReplayDeferral Deferral { get; init; } = ReplayDeferral.Calibrated;

    /// <summary>Gets the students, cheapest first.</summary>
    /// <value>By default a logistic regression alone.</value>
    public IReadOnlyList<ReplayTier> Tiers { get; init; } = [ReplayTier.LogisticRegression];

    /// <summary>Gets the items that <see cref="ReplayMethod.Distilled"/> trains on: the first of them, as many as the budget allows.</summary>
    public RecordedStream? Training { get; init; }

    /// <summary>Gets the seed of the first run.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets the number of runs over each order, with seeds that follow each other.</summary>
    /// <value>1 to 10,000; together with <see cref="Shuffles"/> at most 10,000 runs.</value>
    public int Seeds { get; init; } = 1;

    /// <summary>Gets how many random orders the stream is replayed in, the same for every mode.</summary>
    /// <value>0 for the recorded order.</value>
    public int Shuffles { get; init; }

    /// <summary>Gets what a call of the expert costs, where an answer of the cheapest student costs 1.</summary>
    /// <value>By default 1182, as in the paper for GPT-3.5; it takes 636 for Llama-2-70B.</value>
    public double ExpertCost { get; init; } = PaperTable.ExpertCost;

    /// <summary>Gets the weight of costs.</summary>
    internal double CostWeight => Mu ?? PaperTable.DefaultMu;

    /// <summary>Finds the paper's settings of the students.</summary>
    internal PaperSettings ToPaperSettings()
    {
        var row = Settings is null ? PaperTable.Rows.GetAt(0).Value : PaperTable.Rows[Settings];
        return new PaperSettings(CostWeight, [row with { NextCost = ExpertCost }]);
    }

    /// <summary>Checks that the options make sense together, for one stream.</summary>
    /// <returns>The number of calls that a run may take.</returns>
    /// <exception cref="ArgumentException">They do not; the message says why.</exception>
    internal int Validate(RecordedStream stream)
    {
        if (FindMistake(stream) is { } mistake)
        {
            throw new ArgumentException(mistake);
        }

        return Budget.For(PaidItems(stream));
    }

    // A distilled student pays for the labels of its training items, and for none of the stream's.
    private int PaidItems(RecordedStream stream) => (Training ?? stream).Items.Length;

    private string? FindMistake(RecordedStream stream)
    {
        var what = Training is null ? "stream" : "training set";
        var items = PaidItems(stream);
        return !Enum.IsDefined(Method) ? $"There is no method {Method}."
            : !Enum.IsDefined(Mode) ? $"There is no mode {Mode}."
            : !Enum.IsDefined(Deferral) ? $"There is no deferral {Deferral}."
            : Method == ReplayMethod.Distilled && Training is null ? "The method distilled needs a training set, whose labels it pays for."
            : Method != ReplayMethod.Distilled && Training is not null ? "Only the method distilled takes a training set."
            : Training is not null && !Training.Labels.Equals(stream.Labels) ? $"The training set has the labels {Training.Labels} and the stream {stream.Labels}."
            : Budget.For(items) < 1 ? $"The budget {Budget} is less than one call: the {what} has {items} items."
            : Budget.For(items) > items ? $"The budget of {Budget} calls is larger than the {what}, which has {items} items."
            : Mode == ReplayMode.Paper && Method != ReplayMethod.Cascade ? "Only the method cascade has a paper mode."
            : Mu is not null && Mode != ReplayMode.Paper ? "Only paper mode takes a mu; default mode keeps to its budget without one."
            : Mu is { } mu && !(mu > 0 && double.IsFinite(mu)) ? "A mu is above 0."
            : Settings is not null && Mode != ReplayMode.Paper ? "Only paper mode takes settings."
            : Settings is not null && !PaperTable.Rows.ContainsKey(Settings) ? $"There are no settings '{Settings}'; there are {string.Join(", ", PaperTable.Rows.Keys)}."
            : Deferral != ReplayDeferral.Calibrated && (Mode == ReplayMode.Paper || Method != ReplayMethod.Cascade) ? "Only the cascade's default mode takes another deferral than calibrated."
            : Tiers.Count == 0 || Tiers.Select(tier => tier.Name).Distinct().Count() < Tiers.Count ? $"There is at least one tier, and each has a name of its own, unlike '{string.Join("', '", Tiers.Select(tier => tier.Name))}'."
            : Tiers.Count > 1 && (Mode == ReplayMode.Paper || Method == ReplayMethod.Distilled) ? "Several tiers are for the default mode of cascade and ensemble."
            : Seeds is < 1 or > MostRuns ? $"The number of seeds lies between 1 and {MostRuns}."
            : Shuffles is < 0 or > MostRuns ? $"The number of shuffles lies between 0 and {MostRuns}."
            : (long)Seeds * Math.Max(Shuffles, 1) > MostRuns ? $"That makes more than {MostRuns} runs."
            : !(ExpertCost > 0 && double.IsFinite(ExpertCost)) ? "A call of the expert costs more than 0."
            : null;
    }
}
