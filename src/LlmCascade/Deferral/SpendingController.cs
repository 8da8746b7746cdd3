namespace LlmCascade.Deferral;

/// <summary>Finds the confidence below which requests go to the expert, so that a budget is spent at the rate it says.</summary>
/// <remarks>
/// The threshold is the quantile, at that rate, of the confidences of recent requests. Where many are equal to it, as many
/// of them are deferred by draw as the rate still lacks. Decisions may be asked for by
/// many at once; <see cref="Observe"/> and <see cref="Alarm"/> have one caller at a time.
/// </remarks>
internal sealed class SpendingController(ExpertBudget budget) : ICheckpointed
{
    private const int AlarmedRequests = 500;
    private const double AlarmedRate = 2;

    // A budget that need not be spent is not spent on answers of which the student is as sure as this.
    private const double SureEnough = 0.97;

    private readonly Lock _lock = new();
    private readonly RecentConfidences _recent = new();
    private int _alarmedRequests;

    public ExpertBudget Budget => budget;

    public string Kind => "spending";

    public int Version => 1;

    /// <summary>Decides about an answer.</summary>
    /// <param name="confidence">The calibrated probability of agreeing with the expert.</param>
    /// <param name="draw">A number from 0 to below 1, at random, that decides among equals.</param>
    /// <returns>Whether the answer is kept, and why.</returns>
    public Verdict Judge(Confidence confidence, double draw)
    {
        lock (_lock)
        {
            var rate = budget.Rate;
            return rate <= 0 ? Verdict.Keep(DeferralReasons.BudgetSpent, confidence)
                : !budget.IsSpentFully && confidence.Value >= SureEnough ? Verdict.Keep(DeferralReasons.Confident, confidence)
                : _recent.IsAmongLeast(confidence.Value, _alarmedRequests > 0 ? rate * AlarmedRate : rate, draw)
                    ? Verdict.Defer(DeferralReasons.BelowThreshold, confidence)
                : Verdict.Keep(DeferralReasons.Confident, confidence);
        }
    }

    /// <summary>Learns how sure the surest tier was of a request.</summary>
    public void Observe(double confidence)
    {
        lock (_lock)
        {
            _alarmedRequests -= _alarmedRequests > 0 ? 1 : 0;
            _recent.Add(confidence);
        }
    }

    /// <summary>Spends more for a while, because the students are not as good any more as they were.</summary>
    public void Alarm()
    {
        lock (_lock)
        {
            _alarmedRequests = AlarmedRequests;
        }
    }

    public void Write(BinaryWriter writer)
    {
        lock (_lock)
        {
            writer.Write(budget.Spent);
            writer.Write(budget.Requests);
            writer.Write(_alarmedRequests);
            writer.Write(_recent.InOrder.Count);
            foreach (var confidence in _recent.InOrder)
            {
                writer.Write(confidence);
            }
        }
    }

    public Action Read(BinaryReader reader, int version)
    {
        var (spent, requests) = (reader.ReadInt64(), reader.ReadInt64());
        var alarmed = reader.ReadInt32();
        var count = reader.ReadInt32();
        if (spent < 0 || requests < 0 || alarmed is < 0 or > AlarmedRequests || count is < 0 or > RecentConfidences.Window)
        {
            throw new InvalidDataException($"A controller that is alarmed for {alarmed} requests and remembers {count} does not exist.");
        }

        var recent = new double[count];
        foreach (ref var confidence in recent.AsSpan())
        {
            confidence = reader.ReadDouble();
            if (confidence is not (>= 0 and <= 1))
            {
                throw new InvalidDataException($"A confidence lies between 0 and 1, and {confidence} does not.");
            }
        }

        return () =>
        {
            lock (_lock)
            {
                budget.Restore(spent, requests);
                _alarmedRequests = alarmed;
                _recent.Clear();
                Array.ForEach(recent, _recent.Add);
            }
        };
    }
}
