using System.Collections.Concurrent;
using System.Globalization;
using LlmCascade.Calibration;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

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
    private readonly ConcurrentQueue<PublishedAddendum> _addenda = new();
    private readonly ConcurrentQueue<Func<Task>> _ghosts = new();
    private readonly List<PlayedCascade> _cascades = [];

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

    public IEnumerable<PublishedAddendum> Addenda => _addenda;

    public int AbandonedCalls => _cascades.Sum(played => played.Cascade.AbandonedCalls);

    /// <summary>Gets how many shadows have not told yet what came of them.</summary>
    public long MissingAddenda => _cascades.Sum(MissingAddendaOf);

    private string State => $"{AbandonedCalls} abandoned calls, {Clock.LiveTimers} timers, {MissingAddenda} addenda missing\n"
        + string.Concat(Callers.Select(caller => $"request {caller.Number}: over {caller.IsOver}, {caller.Waits} waits\n"))
        + string.Concat(_calls.Where(call => !call.HasEnded).Select(call => $"not ended: {call.Mark}, {call.Script}\n"));

    private bool HasSettled => _calls.All(call => call.HasEnded)
        && AbandonedCalls == 0
        && Clock.LiveTimers == 0
        && MissingAddenda == 0;

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

    /// <summary>Lets something happen when everything is over.</summary>
    public void Haunt(Func<Task> act) => _ghosts.Enqueue(act);

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
        await Task.WhenAll(_ghosts.Select(ghost => ghost()));
    }

    private Cascade Build(CascadeScript script, string? name, bool isLimited)
    {
        isLimited |= script.Timeout is not null;

        // Tiers that run beside the expert do so outside of the limits around the cascade.
        var areTiersLimited = script.Mode == CascadeMode.Shadow ? script.Timeout is not null : isLimited;
        var cascade = new Cascade(
            script.Tiers.Select(tier => new Tier(tier.Name, Generator(tier, areTiersLimited), Policy(tier, areTiersLimited)!)
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
                Name = ChaosException.Mark,
                Mode = script.Mode,
                ShadowLimit = script.ShadowLimit,
                EnableSensitiveData = script.ShowsContent,
                Logger = new ChaosLogger(),
                OnEpisode = episode => Publish(name, episode),
                OnAddendum = addendum => Publish(name, addendum),
            });
        _cascades.Add(new PlayedCascade(name, cascade));
        return cascade;
    }

    private IGenerator Generator(PlaceScript place, bool isLimited)
    {
        isLimited |= place.Timeout is not null;
        IGenerator generator = place.Actor switch
        {
            CascadeScript inner => Build(inner, place.Name, isLimited),
            TurnsScript turns => Generator(place, new ChaosClient(place.Name, Limit(turns, isLimited), this)),
            _ => throw new InvalidOperationException($"{place.Actor}"),
        };
        return place.Oddity == Oddity.None ? generator : new OddGenerator(generator, place.Oddity, this);
    }

    private static ChatClientGenerator Generator(PlaceScript place, ChaosClient client) => place.Judge == Judgement.GivesUp
        ? new ChatClientGenerator(client.AsBuilder().UseTokenLogProbabilities(TokenReader.Read).Build()) { TokenConfidence = TokenConfidence.Mean }
        : new ChatClientGenerator(client);

    // Who may wait for ever needs somebody who stops it.
    private static TurnsScript Limit(TurnsScript turns, bool isLimited) =>
        new([.. turns.Models.Select(model => model with { IsLimited = isLimited })]);

    private ChaosPolicy? Policy(PlaceScript place, bool isLimited)
    {
        isLimited |= place.Timeout is not null;
        return place.Judge is null ? null : new ChaosPolicy(
            place, isLimited, place.AskedModel is { } asked ? Generator(asked, isLimited) : null, this);
    }

    private void Publish(string? cascade, Episode episode)
    {
        var request = NumberOf(episode);
        _episodes.Enqueue(new PublishedEpisode(cascade, request, episode, EpisodeText.Of(episode)));
        Moment(request);

        // An observer that breaks must not matter.
        throw new ChaosException("observer");
    }

    private void Publish(string? cascade, EpisodeAddendum addendum)
    {
        _addenda.Enqueue(new PublishedAddendum(cascade, NumberOf(addendum.Episode), addendum, EpisodeText.Of(addendum.Root)));
        throw new ChaosException("observer");
    }

    // Each request that a cascade got in Shadow has a shadow, unless there were too many.
    private long MissingAddendaOf(PlayedCascade played) => played.Cascade.Mode != CascadeMode.Shadow ? 0
        : _episodes.Count(episode => episode.Cascade == played.Name && MayHaveShadow(episode.Request))
            - _addenda.Count(addendum => addendum.Cascade == played.Name)
            - played.Cascade.SkippedShadows;

    private bool MayHaveShadow(int request) => Script.Requests[request] is { ForcesExpert: false, ContinuesConversation: false };

    private static int NumberOf(Episode episode) => int.Parse(episode.Key, CultureInfo.InvariantCulture);

    private sealed record PlayedCascade(string? Name, Cascade Cascade);
}
