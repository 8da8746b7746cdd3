using Microsoft.Extensions.AI;

namespace LlmCascade.Escalation;

/// <summary>What the calls of one attempt have used and cost, and how much of that is known.</summary>
internal struct Spending()
{
    public UsageDetails? Usage { get; private set; }

    public UsageState State { get; private set; }

    public decimal? Cost { get; private set; }

    public bool IsCostComplete { get; private set; } = true;

    /// <summary>Gets how many output tokens all calls could have used; none when one of them had no limit.</summary>
    public long? OutputTokenLimit { get; private set; }

    /// <summary>Adds a call.</summary>
    public void Add(UsageDetails? usage, decimal? cost, bool isPartial, Prices? prices, long? outputTokenLimit = null)
    {
        OutputTokenLimit = State == UsageState.None ? outputTokenLimit : OutputTokenLimit + outputTokenLimit;
        var state = StateOf(usage, isPartial);
        var derived = prices?.CostOf(usage);

        // Several calls of one attempt are known as badly as the worst of them.
        State = Worse(State, state);
        if (usage is not null)
        {
            (Usage ??= new UsageDetails()).Add(usage);
        }

        var isPricedPerCall = prices is { InputPerMillion: null };
        IsCostComplete &= cost is not null || (derived is not null && (state == UsageState.Reported || isPricedPerCall));

        // Where the tokens are unknown, the price of the call is known all the same.
        if ((cost ?? derived ?? prices?.PerCall) is { } known)
        {
            Cost = (Cost ?? 0) + known;
        }
    }

    /// <summary>Says that a call goes on whose end nobody waits for.</summary>
    public void Interrupt(Prices? prices)
    {
        if (State == UsageState.None)
        {
            Add(usage: null, cost: null, isPartial: true, prices);
        }

        State = Worse(State, UsageState.Partial);
        IsCostComplete = false;
    }

    public static UsageDetails? Copy(UsageDetails? usage)
    {
        if (usage is null)
        {
            return null;
        }

        var copy = new UsageDetails();
        copy.Add(usage);
        return copy;
    }

    private static UsageState Worse(UsageState one, UsageState other) => (UsageState)Math.Max((int)one, (int)other);

    private static UsageState StateOf(UsageDetails? usage, bool isPartial) => usage switch
    {
        null or { InputTokenCount: null, OutputTokenCount: null, TotalTokenCount: null } => UsageState.Unknown,
        { InputTokenCount: null } or { OutputTokenCount: null } => UsageState.Partial,
        _ => isPartial ? UsageState.Partial : UsageState.Reported,
    };
}
