using System.Collections.Concurrent;
using System.Globalization;
using LlmCascade.Escalation;

namespace LlmCascade.Tests.Chaos;

/// <summary>Plays one script to its end, and holds what everybody in it has recorded.</summary>
internal sealed class ChaosRun
{
    // Far more than any run needs, so that whoever meets it is stuck and not slow.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

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

    /// <summary>Takes a cascade into account.</summary>
    /// <param name="name">The place of a nested cascade; <see langword="null"/> for the outermost.</param>
    /// <param name="cascade">The cascade.</param>
    public void Played(string? name, Cascade cascade) => _cascades.Add(new PlayedCascade(name, cascade));

    public void Publish(string? cascade, Episode episode)
    {
        var request = NumberOf(episode);
        _episodes.Enqueue(new PublishedEpisode(cascade, request, episode, EpisodeText.Of(episode)));
        Moment(request);

        // An observer that breaks must not matter.
        throw new ChaosException("observer");
    }

    public void Publish(string? cascade, EpisodeAddendum addendum)
    {
        _addenda.Enqueue(new PublishedAddendum(cascade, NumberOf(addendum.Episode), addendum, EpisodeText.Of(addendum.Root)));
        throw new ChaosException("observer");
    }

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
        using var client = new CascadeChatClient(new ScriptBuilder(this).Build(Script.Cascade));
        var callers = Task.WhenAll(Callers.Select(caller => Task.Run(() => caller.CallAsync(client))));
        await ClockPump.DriveAsync(Clock, () => Callers.All(caller => caller.IsOver || caller.Waits > 0), () => callers.IsCompleted, _patience);
        await callers;
        _areAllAnswered.SetResult();
        await ClockPump.DriveAsync(Clock, () => true, () => HasSettled, _patience);
        await Task.WhenAll(_ghosts.Select(ghost => ghost()));
    }

    // Each request that a cascade got in Shadow has a shadow, unless there were too many, or it was cancelled before it began.
    private long MissingAddendaOf(PlayedCascade played) => played.Cascade.Mode != CascadeMode.Shadow ? 0
        : _episodes.Count(each => each.Cascade == played.Name
            && MayHaveShadow(each.Request, played.Name ?? "")
            && (!each.Episode.Root.Children.IsEmpty || HasAddendum(each)))
            - _addenda.Count(addendum => addendum.Cascade == played.Name)
            - played.Cascade.SkippedShadows;

    private bool HasAddendum(PublishedEpisode published) =>
        _addenda.Any(addendum => ReferenceEquals(addendum.Addendum.Episode, published.Episode));

    // What a request asks of a cascade does not reach those behind chat clients.
    private bool MayHaveShadow(int request, string cascade) => !Script.Requests[request].ContinuesConversation
        && (!Script.Requests[request].ForcesExpert
            || Script.Cascade.Places().Any(place => place.IsBehindClient && $"{cascade}-".StartsWith($"{place.Name}-", StringComparison.Ordinal)));

    private static int NumberOf(Episode episode) => int.Parse(episode.Request.Query, CultureInfo.InvariantCulture);

    private sealed record PlayedCascade(string? Name, Cascade Cascade);
}
