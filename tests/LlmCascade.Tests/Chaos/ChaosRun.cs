using System.Collections.Concurrent;
using System.Globalization;
using LlmCascade.Chat;
using LlmCascade.Escalation;

namespace LlmCascade.Tests.Chaos;

/// <summary>Plays one script to its end, and holds what everybody in it has recorded.</summary>
internal sealed class ChaosRun
{
    // Far more than any run needs, so that whoever meets it is stuck and not slow.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<CallRecord> _calls = new();
    private readonly ConcurrentQueue<JudgementRecord> _judgements = new();
    private readonly ConcurrentQueue<PublishedEpisode> _episodes = new();
    private readonly TaskCompletionSource _areAllAnswered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Cascade> _cascades = [];

    private ChaosRun(ChaosScript script)
    {
        Script = script;
        Callers = [.. script.Requests.Select((request, i) => new ChaosCaller(i, request, this))];
    }

    public ChaosScript Script { get; }

    public ChaosClock Clock { get; } = new();

    public IReadOnlyList<ChaosCaller> Callers { get; }

    public IEnumerable<CallRecord> Calls => _calls;

    public IEnumerable<JudgementRecord> Judgements => _judgements;

    public IEnumerable<PublishedEpisode> Episodes => _episodes;

    public int AbandonedCalls => _cascades.Sum(cascade => cascade.AbandonedCalls);

    private string State => $"{AbandonedCalls} abandoned calls, {Clock.LiveTimers} timers\n"
        + string.Concat(Callers.Select(caller => $"request {caller.Number}: over {caller.IsOver}, {caller.Waits} waits\n"))
        + string.Concat(_calls.Where(call => !call.HasEnded).Select(call => $"not ended: {call.Mark}, {call.Script}\n"));

    private bool HasSettled => _calls.All(call => call.HasEnded) && AbandonedCalls == 0 && Clock.LiveTimers == 0;

    /// <summary>Plays a script until its requests are over and what they have left behind has ended.</summary>
    /// <exception cref="TimeoutException">The run is stuck.</exception>
    public static async Task<ChaosRun> PlayAsync(ChaosScript script)
    {
        var run = new ChaosRun(script);
        try
        {
            await run.PlayAsync();
            return run;
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} {run.State}", e);
        }
    }

    public CallRecord Begin(string place, int request, ModelScript script)
    {
        var call = new CallRecord(place, request, script);
        _calls.Enqueue(call);
        return call;
    }

    public void Judged(JudgementRecord judgement) => _judgements.Enqueue(judgement);

    /// <summary>Says that something happens in a request.</summary>
    public void Moment(int request)
    {
        Clock.Stir();
        Callers[request].Moment();
    }

    /// <summary>Waits on the clock; without a time, until the token is cancelled.</summary>
    public async Task PauseAsync(int request, TimeSpan? time, CancellationToken cancellationToken = default)
    {
        // Whoever is told to go on no longer waits, even before its thread knows.
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var wait = Callers[request].Wait();
        using var timer = Clock.CreateTimer(_ => End(end.TrySetResult), null, time ?? Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        using var stop = cancellationToken.UnsafeRegister(_ => End(() => end.TrySetCanceled(cancellationToken)), null);
        await end.Task;

        void End(Func<bool> finish)
        {
            wait.Dispose();
            finish();
        }
    }

    /// <summary>Waits on the clock, whether or not anybody still waits for the result; without a time, until all requests are over.</summary>
    public async Task StayDeafAsync(int request, TimeSpan? time)
    {
        if (time is not null)
        {
            await PauseAsync(request, time);
            return;
        }

        using var wait = Callers[request].Wait();
        await _areAllAnswered.Task;
    }

    /// <summary>Blocks the thread. The pool adds threads for those who wait in this way, so the others go on.</summary>
    public void Block(int request, TimeSpan time) => PauseAsync(request, time).Wait();

    private async Task PlayAsync()
    {
        using var client = new CascadeChatClient(Build(Script.Cascade, name: null, isLimited: false));
        var callers = Task.WhenAll(Callers.Select(caller => Task.Run(() => caller.CallAsync(client))));
        await ClockPump.DriveAsync(Clock, () => Callers.All(caller => caller.IsOver || caller.Waits > 0), () => callers.IsCompleted, _patience);
        await callers;
        _areAllAnswered.SetResult();
        await ClockPump.DriveAsync(Clock, () => true, () => HasSettled, _patience);
    }

    private Cascade Build(CascadeScript script, string? name, bool isLimited)
    {
        isLimited |= script.Timeout is not null;
        var cascade = new Cascade(
            script.Tiers.Select(tier => new Tier(tier.Name, Generator(tier, isLimited), Policy(tier, isLimited)!)
            {
                Timeout = tier.Timeout,
                Prices = tier.Prices,
                OwnsConversations = tier.OwnsConversations,
            }),
            new Expert(Generator(script.Expert, isLimited), script.Expert.Name)
            {
                Policy = Policy(script.Expert, isLimited),
                Timeout = script.Expert.Timeout,
                Prices = script.Expert.Prices,
            },
            new CascadeSettings
            {
                TimeProvider = Clock,
                Timeout = script.Timeout,
                GraceTime = script.GraceTime,
                RestAfterFailures = script.RestAfterFailures,
                RestTime = script.RestTime,
                OnEpisode = episode => Publish(name, episode),
            });
        _cascades.Add(cascade);
        return cascade;
    }

    private IGenerator Generator(PlaceScript place, bool isLimited) => place.Actor switch
    {
        CascadeScript inner => Build(inner, place.Name, isLimited || place.Timeout is not null),
        TurnsScript turns => new ChatClientGenerator(new ChaosClient(place.Name, Limit(turns, isLimited || place.Timeout is not null), this)),
        _ => throw new InvalidOperationException($"{place.Actor}"),
    };

    // Who may wait for ever needs somebody who stops it.
    private static TurnsScript Limit(TurnsScript turns, bool isLimited) =>
        new([.. turns.Models.Select(model => model with { IsLimited = isLimited })]);

    private ChaosPolicy? Policy(PlaceScript place, bool isLimited) =>
        place.Judge is { } judgement ? new ChaosPolicy(place.Name, judgement, isLimited || place.Timeout is not null, this) : null;

    private void Publish(string? cascade, Episode episode)
    {
        _episodes.Enqueue(new PublishedEpisode(cascade, int.Parse(episode.Key, CultureInfo.InvariantCulture), episode, EpisodeText.Of(episode)));
        Moment(int.Parse(episode.Key, CultureInfo.InvariantCulture));

        // An observer that breaks must not matter.
        throw new ChaosException("observer");
    }
}

/// <summary>An episode as its observer got it.</summary>
/// <param name="Cascade">The place of the nested cascade that published it; <see langword="null"/> for the outermost.</param>
/// <param name="Request">The number of the request.</param>
/// <param name="Episode">The episode.</param>
/// <param name="AtFirst">The whole episode as text, as it was when it was published.</param>
internal sealed record PublishedEpisode(string? Cascade, int Request, Episode Episode, string AtFirst);
