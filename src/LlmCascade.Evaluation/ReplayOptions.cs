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

    /// <summary>Gets the folder where runs of the cascade are saved, once a minute and when they are stopped, and from which they are taken up again.</summary>
    /// <value>
    /// <see langword="null"/> to save nothing, which is the default. A run that was taken up makes of the stream what it
    /// would have made without a pause. A finished run is kept, and is not made again. No regret is measured.
    /// </value>
    public string? ResumeFolder { get; init; }

    /// <summary>Gets the seed of the first run.</summary>
    public ulong Seed { get; init; }

    /// <summary>Gets the number of runs over each order, with seeds that follow each other.</summary>
    /// <value>1 to 10,000; together with <see cref="Shuffles"/> at most 10,000 runs.</value>
    public int Seeds { get; init; } = 1;

    /// <summary>Gets how many random orders the stream is replayed in, the same for every mode.</summary>
    /// <value>0 for the recorded order.</value>
    public int Shuffles { get; init; }

    /// <summary>Gets what a call of the expert costs, where an answer of a BERT-base of 110 million parameters costs 1.</summary>
    /// <value>By default 1182, as in the paper for GPT-3.5; it takes 636 for Llama-2-70B.</value>
    public double ExpertCost { get; init; } = CascadeObjective.ExpertCost;

    /// <summary>Gets the weight of costs.</summary>
    internal double CostWeight => Mu ?? PaperTable.DefaultMu;

    /// <summary>Finds the paper's settings of the students.</summary>
    internal PaperSettings ToPaperSettings()
    {
        var row = Settings is null ? PaperTable.Rows.GetAt(0).Value : PaperTable.Rows[Settings];
        return new PaperSettings(CostWeight, [row with { NextCost = ExpertCost }]);
    }

    /// <summary>Checks that the options make sense together, for one stream; a replay does it before it begins.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>The number of calls that a run may take.</returns>
    /// <exception cref="ArgumentException">They do not; the message says why.</exception>
    public int Validate(RecordedStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return FindMistakes(stream).FirstOrDefault() is { } mistake ? throw new ArgumentException(mistake) : Budget.For(PaidItems(stream));
    }

    // A distilled student pays for the labels of its training items, and for none of the stream's.
    private int PaidItems(RecordedStream stream) => (Training ?? stream).Items.Length;

    private IEnumerable<string> FindMistakes(RecordedStream stream) =>
        [.. FindMistakesOfMethod(stream), .. FindMistakesOfMode(), .. FindMistakesOfTiers(), .. FindMistakesOfRuns(), .. FindMistakesOfBudget(stream)];

    private IEnumerable<string> FindMistakesOfMethod(RecordedStream stream)
    {
        if (!Enum.IsDefined(Method) || !Enum.IsDefined(Mode) || !Enum.IsDefined(Deferral))
        {
            yield return $"There is no method {Method}, no mode {Mode} or no deferral {Deferral}.";
        }

        if (Method == ReplayMethod.Distilled != Training is not null)
        {
            yield return "The method distilled needs a training set, whose labels it pays for, and no other method takes one.";
        }

        if (Training is not null && !Training.Labels.Equals(stream.Labels))
        {
            yield return $"The training set has the labels {Training.Labels} and the stream {stream.Labels}.";
        }
    }

    private IEnumerable<string> FindMistakesOfMode()
    {
        if (Mode == ReplayMode.Paper && Method != ReplayMethod.Cascade)
        {
            yield return "Only the method cascade has a paper mode.";
        }

        if (Mode != ReplayMode.Paper && (Mu is not null || Settings is not null))
        {
            yield return "Only paper mode takes a mu and settings; default mode keeps to its budget without them.";
        }

        if (ResumeFolder is not null && (Mode == ReplayMode.Paper || Method != ReplayMethod.Cascade || ResumeFolder.Length == 0))
        {
            yield return "Only the cascade's default mode can be resumed, from a folder with a name.";
        }

        if (ResumeFolder is not null && Tiers.FirstOrDefault(tier => tier is { Configure: not null, Settings.Length: 0 }) is { } nameless)
        {
            yield return $"To be resumed, the tier {nameless.Name} needs its settings in words, because it is configured by code.";
        }

        if (Mu is { } mu && !(mu > 0 && double.IsFinite(mu)))
        {
            yield return "A mu is above 0.";
        }

        if (Settings is not null && !PaperTable.Rows.ContainsKey(Settings))
        {
            yield return $"There are no settings '{Settings}'; there are {string.Join(", ", PaperTable.Rows.Keys)}.";
        }

        if (Deferral != ReplayDeferral.Calibrated && (Mode == ReplayMode.Paper || Method != ReplayMethod.Cascade))
        {
            yield return "Only the cascade's default mode takes another deferral than calibrated.";
        }
    }

    private IEnumerable<string> FindMistakesOfTiers()
    {
        if (Tiers.Count == 0 || Tiers.Select(tier => tier.Name).Distinct().Count() < Tiers.Count)
        {
            yield return $"There is at least one tier, and each has a name of its own, unlike '{string.Join("', '", Tiers.Select(tier => tier.Name))}'.";
        }

        if (Tiers.Count > 1 && (Mode == ReplayMode.Paper || Method == ReplayMethod.Distilled))
        {
            yield return "Only the default mode of the methods cascade and ensemble takes several tiers.";
        }

        foreach (var tier in Tiers)
        {
            var student = new StudentOptions();
            tier.Configure?.Invoke(student);
            foreach (var mistake in student.FindMistakes(tier.Name, hasBudget: true))
            {
                yield return mistake;
            }
        }

        if (!(ExpertCost > 0 && double.IsFinite(ExpertCost)))
        {
            yield return "A call of the expert costs more than 0.";
        }
    }

    private IEnumerable<string> FindMistakesOfRuns()
    {
        if (Seeds is < 1 or > MostRuns)
        {
            yield return $"The number of seeds lies between 1 and {MostRuns}.";
        }

        if (Shuffles is < 0 or > MostRuns)
        {
            yield return $"The number of shuffles lies between 0 and {MostRuns}.";
        }

        if ((long)Seeds * Math.Max(Shuffles, 1) > MostRuns)
        {
            yield return $"That makes more than {MostRuns} runs.";
        }

        if (Seeds > 1 && Seed > ulong.MaxValue - (ulong)Seeds)
        {
            yield return $"After the seed {Seed} there are no {Seeds} seeds more.";
        }
    }

    private IEnumerable<string> FindMistakesOfBudget(RecordedStream stream)
    {
        var what = Training is null ? "stream" : "training set";
        var items = PaidItems(stream);
        if (Budget.For(items) < 1)
        {
            yield return $"The budget {Budget} is less than one call: the {what} has {items} items.";
        }

        if (Budget.For(items) > items)
        {
            yield return $"The budget of {Budget} calls is larger than the {what}, which has {items} items.";
        }
    }
}
