namespace LlmCascade.Evaluation.Ensembles;

/// <summary>How good the answers are, the more prompts are deferred.</summary>
internal sealed class QualityCurve
{
    private readonly double[] _kept;
    private readonly double[] _target;

    /// <param name="table">The answers.</param>
    /// <param name="spoken">The member whose answer to each prompt stands.</param>
    /// <param name="urgency">How much each prompt is to be deferred.</param>
    public QualityCurve(AnswerTable table, int[] spoken, double[] urgency)
    {
        _kept = table.ScoresOf(spoken);
        _target = table.TargetScores;
        Order = new DeferralOrder(urgency);
        Spoken = spoken;
    }

    public QualityCurve(AnswerTable table, DeferralSignal signal)
        : this(table, signal.Spoken, signal.Urgency)
    {
    }

    public DeferralOrder Order { get; }

    public int[] Spoken { get; }

    /// <summary>Computes the quality at shares of deferral, which rise.</summary>
    public double[] At(int[] weights, double[] rates) => Order.At(_kept, _target, weights, rates);

    /// <summary>Computes the mean quality over all shares.</summary>
    public double Area(int[] weights) => Order.Area(_kept, _target, weights);

    /// <summary>Finds the lowest share from which on the answers are as good as the target's.</summary>
    public double FirstAsGoodAsTarget() => Order.FirstReaching(_target.Average(), _kept, _target);

    /// <summary>Makes the curve of hindsight: where the target gains the most it answers first.</summary>
    public QualityCurve WithHindsight(AnswerTable table) =>
        new(table, Spoken, [.. _target.Zip(_kept, (target, kept) => target - kept)]);
}
