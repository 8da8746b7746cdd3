namespace LlmCascade.Tests.Chaos;

/// <summary>One request of a run: what its caller got, what the cascade published about it, and what happened in truth.</summary>
internal sealed class RequestView(ChaosRun run, ChaosCaller caller)
{
    private readonly Dictionary<string, CallRecord[]> _calls = run.Calls
        .Where(call => call.Request == caller.Number)
        .GroupBy(call => call.Place)
        .ToDictionary(group => group.Key, group => group.ToArray());

    private readonly Dictionary<string, PlaceScript> _places = PlacesOf(run.Script.Cascade).ToDictionary(place => place.Name);

    public ChaosCaller Caller => caller;

    public ChaosScript Script => run.Script;

    /// <summary>Gets the episodes of the outermost cascade; there should be one.</summary>
    public PublishedEpisode[] Published { get; } =
        [.. run.Episodes.Where(episode => episode.Request == caller.Number && episode.Cascade is null)];

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

    /// <summary>Finds those of the tiers that ran beside an expert.</summary>
    public IEnumerable<Attempt[]> ShadowLeaves() => Addenda.SelectMany(ShadowLeaves);

    /// <summary>Finds the attempts that stand for nested cascades.</summary>
    public IEnumerable<Attempt> Groups() => Groups(Episode.Root);

    /// <summary>Gets whether an attempt ran beside an expert that failed, which ends what runs beside it.</summary>
    public bool IsShadowOfFailure(Attempt attempt) => Addenda.Any(published =>
        published.Addendum.Episode.Answer is null && ShadowLeaves(published).Any(path => ReferenceEquals(path[^1], attempt)));

    /// <summary>Finds the attempt whose answer became the request's, however deep it lies, with those around it.</summary>
    public Attempt[] PathToAnswer()
    {
        List<Attempt> path = [];
        for (var attempt = Episode.Answerer; attempt is not null; attempt = attempt.Children.LastOrDefault(HasAnswered))
        {
            path.Add(attempt);
        }

        return [.. path];
    }

    private bool HasAnswered(Attempt attempt) => attempt.Verdict.Decision is Decision.Keep or Decision.Abstain;

    private IEnumerable<Attempt[]> ShadowLeaves(PublishedAddendum published) =>
        published.Cascade is null ? Leaves(published.Addendum.Root) : Leaves([published.Addendum.Root]);

    private IEnumerable<Attempt[]> Leaves(Attempt root) => root.Children.SelectMany(child => Leaves([child]));

    private IEnumerable<Attempt[]> Leaves(Attempt[] path)
    {
        Attempt[][] own = Place(path[^1].Name).Actor is TurnsScript ? [path] : [];
        return own.Concat(path[^1].Children.SelectMany(child => Leaves([.. path, child])));
    }

    private IEnumerable<Attempt> Groups(Attempt attempt) => attempt.Children
        .Where(child => Place(child.Name).Actor is CascadeScript)
        .SelectMany(child => Groups(child).Prepend(child));

    private static IEnumerable<PlaceScript> PlacesOf(CascadeScript cascade) => cascade.Tiers.Append(cascade.Expert)
        .SelectMany(place => place.AskedModel is { } asked ? new[] { place, asked } : [place])
        .SelectMany(place => place.Actor is CascadeScript inner ? PlacesOf(inner).Prepend(place) : [place]);
}
