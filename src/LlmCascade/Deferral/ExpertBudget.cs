using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Deferral;

/// <summary>A limit on how often a cascade asks its expert, which says how much of it is to be spent now.</summary>
/// <remarks>
/// <para>
/// Thread-safe. Each call counts when it is made, whatever comes of it: in the warm-up, explored, audited, failed and
/// unparsed ones. Nothing is refunded but what was never called.
/// </para>
/// <para>
/// Students of the cascade follow <see cref="Rate"/>: they defer that share of the coming requests, the least certain
/// ones.
/// </para>
/// </remarks>
[Experimental("LLMC001")]
public abstract class ExpertBudget : IExpertBudget
{
    private readonly Lock _writing = new();
    private long _writtenDown;
    private long _writtenAt;
    private long _unused;

    private protected ExpertBudget()
    {
    }

    /// <summary>Gets how many calls were made.</summary>
    public long Spent { get => Volatile.Read(ref field); private set => Volatile.Write(ref field, value); }

    /// <summary>Gets how many requests were counted.</summary>
    public long Requests { get => Volatile.Read(ref field); private set => Volatile.Write(ref field, value); }

    /// <summary>Gets how many calls may be made at this moment.</summary>
    public long Available
    {
        get
        {
            lock (Gate)
            {
                return Math.Max(0, Ceiling - Spent);
            }
        }
    }

    /// <summary>Gets the share of the coming requests that may go to the expert, from 0 to 1.</summary>
    /// <value>At 1 every request is to go there.</value>
    public double Rate
    {
        get
        {
            lock (Gate)
            {
                return Ceiling <= Spent ? 0 : Math.Clamp(FindRate(), 0, 1);
            }
        }
    }

    /// <summary>Gets whether all of it is to be spent, also where the students are sure enough without.</summary>
    public abstract bool IsSpentFully { get; }

    /// <summary>Gets whether there is anything to spend on the first requests, whatever they are, without taking it from later ones.</summary>
    internal bool AllowsWarmUp
    {
        get
        {
            lock (Gate)
            {
                return Spent < Math.Min(Ceiling, MostForWarmUp);
            }
        }
    }

    private protected Lock Gate { get; } = new();

    /// <summary>Gets or sets where it is written down, before they are made, how many calls will have been made at most.</summary>
    /// <value>A process that dies in between has not called more often than is written.</value>
    internal SpendingNote? Note { get; set; }

    /// <summary>Gets how many requests may pass before their number is written down again.</summary>
    private protected abstract long WriteEvery { get; }

    /// <summary>Gets how many calls may have been made after the requests so far.</summary>
    private protected abstract long Ceiling { get; }

    // Each note is a file that is flushed, so several calls share one. Together, processes that are killed leave less than
    // 2 % unspent: each at most half of what the ones before have left of that.
    private long CallsPerNote => Math.Max(1, ((Ceiling / 50) - _unused) / 2);

    private bool AreCallsDue => Note is not null && Spent > _writtenDown;

    private bool AreRequestsDue => Note is not null && Requests - _writtenAt >= WriteEvery;

    /// <summary>Limits the calls over a stream whose length is known. All of them are spent.</summary>
    /// <param name="calls">The calls, from 0 to one for each request.</param>
    /// <param name="requests">The number of requests that they are for, at least 1. After those the rest, if any, may still be spent.</param>
    /// <returns>The budget.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static ExpertBudget OfCalls(long calls, long requests) => new CallBudget(calls, requests);

    /// <summary>Limits the calls to a share of an open stream: after n requests at most share · n + burst.</summary>
    /// <param name="share">The share, above 0 and at most 1.</param>
    /// <param name="burst">The calls that may be made ahead, for the warm-up; 100 by default.</param>
    /// <param name="spendFully">
    /// Whether at least 98 % of what the share allows is to be spent; by default the share is a ceiling, and less is
    /// spent where students are sure enough.
    /// </param>
    /// <returns>The budget.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static ExpertBudget OfShare(double share, int burst = 100, bool spendFully = false) =>
        new ShareBudget(share, burst, spendFully);

    /// <inheritdoc/>
    public void CountRequest()
    {
        lock (Gate)
        {
            Requests++;
            if (!AreRequestsDue)
            {
                return;
            }
        }

        // Nobody waits for it: while somebody writes, the next request tries again.
        if (_writing.TryEnter())
        {
            try
            {
                WriteDown();
            }
            finally
            {
                _writing.Exit();
            }
        }
    }

    /// <inheritdoc/>
    public bool TryTake()
    {
        lock (Gate)
        {
            if (Spent >= Ceiling)
            {
                return false;
            }

            Spent++;
            if (!AreCallsDue)
            {
                return true;
            }
        }

        // Who has waited here finds its own call written down as well.
        lock (_writing)
        {
            WriteDown();
        }

        return true;
    }

    /// <inheritdoc/>
    public void GiveBack()
    {
        lock (Gate)
        {
            Spent--;
        }
    }

    /// <summary>Writes down exactly what was called so far, because it is saved elsewhere too.</summary>
    internal void Settle()
    {
        lock (_writing)
        {
            lock (Gate)
            {
                // What is taken from here on waits for the next note.
                (_writtenDown, _writtenAt) = (Spent, Requests);
            }

            Note?.WriteDown(_writtenDown, _writtenAt, _unused);
        }
    }

    /// <summary>Goes on where another process has stopped.</summary>
    /// <param name="spent">The calls that were made at most.</param>
    /// <param name="requests">The requests that were counted.</param>
    /// <param name="unused">How many of the calls may never have been made.</param>
    internal void Restore(long spent, long requests, long unused = 0)
    {
        lock (Gate)
        {
            (Spent, Requests, _unused) = (spent, requests, unused);
            (_writtenDown, _writtenAt) = (spent, requests);
        }
    }

    // Called by whoever is the one who writes, outside of the gate: others go on meanwhile.
    private void WriteDown()
    {
        long spent, requests, unused;
        lock (Gate)
        {
            if (!AreCallsDue && !AreRequestsDue)
            {
                return;
            }

            spent = AreCallsDue ? Math.Max(Spent, Math.Min(Ceiling, Spent + CallsPerNote - 1)) : _writtenDown;
            (requests, unused) = (Requests, _unused + spent - Spent);
        }

        Note!.WriteDown(spent, requests, unused);
        lock (Gate)
        {
            (_writtenDown, _writtenAt) = (spent, requests);
        }
    }

    /// <summary>Gets how many calls may be spent on the first requests.</summary>
    private protected abstract double MostForWarmUp { get; }

    /// <summary>Finds the share of the coming requests that may go to the expert; a value outside 0 to 1 is cut.</summary>
    private protected abstract double FindRate();

    private sealed class CallBudget : ExpertBudget
    {
        // Spending falls in a straight line from 1 + a to 1 - a times the mean: what is learned early serves all later requests.
        private const double FrontLoad = 0.5;

        // So much is spent on the first requests, whatever they are.
        private const double HeadStart = 0.3;

        private readonly long _calls;
        private readonly long _requests;

        public CallBudget(long calls, long requests)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(requests, 1);
            ArgumentOutOfRangeException.ThrowIfNegative(calls);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(calls, requests);
            _calls = calls;
            _requests = requests;
        }

        public override bool IsSpentFully => true;

        private protected override long Ceiling => _calls;

        private protected override double MostForWarmUp => HeadStart * _calls;

        private protected override long WriteEvery => Math.Max(1, _requests / 200);

        // The request that is asking now is still to come. Past the stated end nothing is worth keeping.
        private protected override double FindRate()
        {
            if (Spent < MostForWarmUp)
            {
                return 1;
            }

            var left = Math.Max(1, _requests - Requests + 1);
            var past = Math.Clamp(1 - ((double)left / _requests), 0, 1);
            return (double)(_calls - Spent) / left * (1 + FrontLoad - (2 * FrontLoad * past)) / (1 - (FrontLoad * past));
        }
    }

    private sealed class ShareBudget : ExpertBudget
    {
        private readonly double _share;
        private readonly int _burst;

        public ShareBudget(double share, int burst, bool spendFully)
        {
            if (share is not (> 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(share), share, "A share lies above 0 and is at most 1.");
            }

            ArgumentOutOfRangeException.ThrowIfNegative(burst);
            _share = share;
            _burst = burst;
            IsSpentFully = spendFully;
        }

        public override bool IsSpentFully { get; }

        // Requests that are forgotten make the ceiling lower, and so do no harm.
        private protected override long WriteEvery => 100;

        private protected override long Ceiling => (long)Math.Floor((_share * Requests) + _burst);

        // The burst is for that; what the share allows comes again.
        private protected override double MostForWarmUp => double.PositiveInfinity;

        private double Saved => (_share * Requests) + _burst - Spent;

        // What was saved is spent over as many requests as it takes to earn a burst again; with 2 % of it left over, at once.
        private protected override double FindRate() =>
            IsSpentFully && Saved >= Math.Max(1, 0.02 * Ceiling) ? 1
            : _share * (1 + (Saved / Math.Max(1, _burst)));
    }
}
