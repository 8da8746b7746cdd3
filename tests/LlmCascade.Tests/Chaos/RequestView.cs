namespace LlmCascade.Tests.Chaos;

/// <summary>One request of a run: what its caller got, what the cascade published about it, and what happened in truth.</summary>
internal sealed class RequestView(ChaosRun run, ChaosCaller caller)
{
    private readonly Dictionary<string, CallRecord[]> _calls = run.Calls
        .Where(call => call.Request == caller.Number)
        .GroupBy(call => call.Place)
        .ToDictionary(group => group.Key, group => group.ToArray());

    private readonly Dictionary<string, PlaceScript> _places = run.Script.Cascade.Places().ToDictionary(place => place.Name);

    public ChaosCaller Caller => caller;

    public ChaosScript Script => run.Script;

    /// <summary>Gets the episodes of the outermost cascade; there should be one.</summary>
    public PublishedEpisode[] Published { get; } =
        [.. run.Episodes.Where(episode => episode.Request == caller.Number && episode.Cascade is null)];

    /// <summary>Gets the episodes of nested cascades too.</summary>
    public IEnumerable<PublishedEpisode> AllPublished => run.Episodes.Where(episode => episode.Request == caller.Number);

    public Episode Episode => Published[0].Episode;

    /// <summary>Gets what came of the tiers that ran beside an expert, of the outermost cascade or of a nested one.</summary>
    public PublishedAddendum[] Addenda { get; } = [.. run.Addenda.Where(addendum => addendum.Request == caller.Number)];

    /// <summary>Gets the calls that were made; one to each place at most.</summary>
    public IEnumerable<CallRecord> Calls => _calls.Values.SelectMany(calls => calls);

    public IEnumerable<JudgementRecord> Judgements => run.Judgements.Where(judgement => judgement.Request == caller.Number);

    public CallRecord? CallTo(string place) => _calls.GetValueOrDefault(place)?[0];

    public PlaceScript Place(string name) => _places[name];

    /// <summary>Finds the attempts that stand for one model each, with the attempts around them, the outermost first.</summary>
    public IEnumerable<Attempt[]> Leaves() => Leaves(Episode.Root);

    /// <summary>Finds the attempts of the episode that pay somebody: for a model, or for a cascade that is asked as a chat client.</summary>
    public IEnumerable<Attempt> Payers() => Payers(Episode.Root);

    /// <summary>Finds those of the tiers that ran beside an expert.</summary>
    public IEnumerable<Attempt[]> ShadowLeaves() => Addenda.SelectMany(ShadowLeaves);

    /// <summary>Finds the attempts that stand for nested cascades.</summary>
    public IEnumerable<Attempt> Groups() => Groups(Episode.Root);

    /// <summary>Gets the episode that a cascade behind a chat client has published for itself.</summary>
    public Episode? EpisodeBehind(string place) => Place(place).IsBehindClient
        ? run.Episodes.FirstOrDefault(episode => episode.Request == caller.Number && episode.Cascade == place)?.Episode
        : null;

    /// <summary>Gets whether an attempt ran beside an expert that failed, which ends what runs beside it.</summary>
    public bool IsShadowOfFailure(Attempt attempt) => Addenda.Any(published =>
        published.Addendum.Episode.Answer is null && ShadowLeaves(published).Any(path => ReferenceEquals(path[^1], attempt)));

    /// <summary>Finds the attempt whose answer became the request's, however deep it lies, with those around it.</summary>
    public Attempt[] PathToAnswer()
    {
        List<Attempt> path = [];
        for (var attempt = Episode.Answerer; attempt is not null; attempt = Inside(attempt).LastOrDefault(HasAnswered))
        {
            path.Add(attempt);
        }

        return [.. path];
    }

    private bool HasAnswered(Attempt attempt) => attempt.Verdict.Decision is Decision.Keep or Decision.Abstain;

    private IEnumerable<Attempt[]> ShadowLeaves(PublishedAddendum published) => published.Cascade is { } place
        ? published.Addendum.Root.Children.SelectMany(child => Leaves([published.Addendum.Root with { Name = place }, child]))
        : Leaves(published.Addendum.Root);

    private IEnumerable<Attempt[]> Leaves(Attempt root) => root.Children.SelectMany(child => Leaves([child]));

    private IEnumerable<Attempt[]> Leaves(Attempt[] path)
    {
        Attempt[][] own = Place(path[^1].Name).Actor is TurnsScript ? [path] : [];
        return own.Concat(Inside(path[^1]).SelectMany(child => Leaves([.. path, child])));
    }

    private IEnumerable<Attempt> Inside(Attempt attempt) => attempt.Children.Concat(EpisodeBehind(attempt.Name)?.Root.Children ?? []);

    private IEnumerable<Attempt> Payers(Attempt attempt) => attempt.Children.SelectMany(child =>
        Payers(child).Concat(Place(child.Name) is { Actor: TurnsScript } or { IsBehindClient: true } ? [child] : []));

    private IEnumerable<Attempt> Groups(Attempt attempt) => attempt.Children
        .Where(child => Place(child.Name) is { Actor: CascadeScript, IsBehindClient: false })
        .SelectMany(child => Groups(child).Prepend(child));
}
