using LlmCascade.Escalation;

namespace LlmCascade.Tests.Chaos;

/// <summary>Everything that happens in one run: one cascade, and the requests that it gets.</summary>
/// <param name="Name">The number or the words that find the script again.</param>
/// <param name="Cascade">The cascade.</param>
/// <param name="Requests">The requests; their times overlap or do not, as it comes.</param>
internal sealed record ChaosScript(string Name, CascadeScript Cascade, IReadOnlyList<RequestScript> Requests)
{
    public override string ToString() =>
        $"script {Name}\n{Cascade.Describe("  ")}{string.Concat(Requests.Select((request, i) => $"  request {i}: {request}\n"))}";
}

/// <summary>What stands behind a tier or an expert.</summary>
internal abstract record ActorScript
{
    public abstract string Describe(string indent);
}

/// <summary>Models that take turns: each request, by its number, meets one.</summary>
internal sealed record TurnsScript(IReadOnlyList<ModelScript> Models) : ActorScript
{
    public ModelScript this[int request] => Models[request % Models.Count];

    public override string Describe(string indent) => $"{indent}{string.Join(", then ", Models)}\n";
}

/// <summary>A cascade: the outermost one, or one that is nested as a tier or as the expert.</summary>
internal sealed record CascadeScript(IReadOnlyList<PlaceScript> Tiers, PlaceScript Expert) : ActorScript
{
    public TimeSpan? Timeout { get; init; }

    public TimeSpan GraceTime { get; init; } = TimeSpan.FromSeconds(1);

    public int RestAfterFailures { get; init; } = 5;

    public TimeSpan RestTime { get; init; } = TimeSpan.FromSeconds(30);

    public CascadeMode Mode { get; init; }

    public int ShadowLimit { get; init; } = 16;

    /// <summary>Gets whether spans hold the texts.</summary>
    public bool ShowsContent { get; init; }

    /// <summary>Finds all places, those of nested cascades included.</summary>
    public IEnumerable<PlaceScript> Places() => Tiers.Append(Expert)
        .SelectMany(place => place.AskedModel is { } asked ? new[] { place, asked } : [place])
        .SelectMany(place => place.Actor is CascadeScript inner ? inner.Places().Prepend(place) : [place]);

    public override string Describe(string indent) =>
        $"{indent}cascade: total {Timeout}, grace {GraceTime}, rests {RestTime} after {RestAfterFailures}, {Mode}, {ShadowLimit} shadows{(ShowsContent ? ", spans with content" : "")}\n"
        + string.Concat(Tiers.Append(Expert).Select(place => place.Describe(indent + "  ")));
}

/// <summary>A tier or an expert with who stands behind it and who decides about it.</summary>
/// <param name="Name">A name that is unique within the script, nested cascades included.</param>
/// <param name="Actor">Who answers.</param>
/// <param name="Judge">Who decides; an expert's may be <see langword="null"/>.</param>
internal sealed record PlaceScript(string Name, ActorScript Actor, Judgement? Judge)
{
    public TimeSpan? Timeout { get; init; }

    public Prices? Prices { get; init; }

    public bool OwnsConversations { get; init; }

    /// <summary>Gets whether the cascade that answers is asked as a chat client, which is all that the cascade around it knows of it.</summary>
    public bool IsBehindClient { get; init; }

    public Oddity Oddity { get; init; }

    /// <summary>Gets who is asked about the answer, where the judge asks a model.</summary>
    public PlaceScript? AskedModel { get; init; }

    public string Describe(string indent) =>
        $"{indent}{Name}: {Judge?.ToString() ?? "no policy"}, limit {Timeout}, prices {Prices?.InputPerMillion}+{Prices?.PerCall}{(OwnsConversations ? ", owns conversations" : "")}{(IsBehindClient ? ", as a chat client" : "")}{(Oddity == Oddity.None ? "" : $", {Oddity}")}\n"
        + Actor.Describe(indent + "  ")
        + AskedModel?.Describe(indent + "    ");
}

/// <summary>One request: how it is asked, and how its caller behaves.</summary>
internal sealed record RequestScript(bool IsStreaming)
{
    /// <summary>Gets when the request is made.</summary>
    public TimeSpan StartsAt { get; init; }

    /// <summary>Gets how long after its start the caller cancels it.</summary>
    public TimeSpan? CancelsAfter { get; init; }

    /// <summary>Gets at which of the things that happen in the request the caller cancels it, while that very thing happens; 0 before anything does.</summary>
    public int? CancelsAtMoment { get; init; }

    /// <summary>Gets after how many updates the caller stops reading; with 0 it never begins.</summary>
    public int? StopsAfterUpdates { get; init; }

    /// <summary>Gets how long the caller takes for each of its first updates.</summary>
    public TimeSpan ReadingTime { get; init; }

    /// <summary>Gets whether the token is given to the enumerator instead of the method.</summary>
    public bool CancelsEnumerator { get; init; }

    public bool ForcesExpert { get; init; }

    public bool ContinuesConversation { get; init; }

    public override string ToString() =>
        $"{(IsStreaming ? "streamed" : "buffered")}, starts at {StartsAt}, cancels after {CancelsAfter} or at moment {CancelsAtMoment}, "
        + $"stops after {StopsAfterUpdates} updates, reads for {ReadingTime}"
        + $"{(CancelsEnumerator ? ", token at the enumerator" : "")}{(ForcesExpert ? ", expert forced" : "")}{(ContinuesConversation ? ", continues a conversation" : "")}";
}
