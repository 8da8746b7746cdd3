using LlmCascade.Escalation;

namespace LlmCascade.Tests.Chaos;

/// <summary>Makes scripts out of numbers: one number, one script.</summary>
internal sealed class RandomScripts
{
    private static readonly Behaviour[] _behaviours = Enum.GetValues<Behaviour>();
    private static readonly Judgement[] _judgements = Enum.GetValues<Judgement>();
    private static readonly Oddity[] _oddities = Enum.GetValues<Oddity>();
    private static readonly UsageReport[] _reports = Enum.GetValues<UsageReport>();

    // Cascades within cascades within cascades.
    private const int MostDepth = 2;

    private readonly Random _random;
    private int _models;

    private RandomScripts(int seed) => _random = new Random(seed);

    public static ChaosScript Make(int seed)
    {
        var scripts = new RandomScripts(seed);
        var cascade = scripts.Cascade("chaos", depth: 0);
        return new ChaosScript($"CHAOS_SEED={seed}", cascade, scripts.Many(1, 3, _ => scripts.Request()));
    }

    private CascadeScript Cascade(string name, int depth) => new(
        [.. Owning(Many(0, 3, i => Place($"{name}-{i}", Pick(_judgements), depth)))],
        Place($"{name}-expert", Chance(0.3) ? Pick(_judgements) : null, depth))
    {
        Timeout = Maybe(0.4, () => Time(20)),
        GraceTime = Time(4),
        RestAfterFailures = _random.Next(1, 4),
        RestTime = Time(10),
        Mode = Chance(0.2) ? CascadeMode.Shadow : CascadeMode.Normal,
        ShadowLimit = _random.Next(1, 4),
        ShowsContent = Chance(0.3),
    };

    private PlaceScript Place(string name, Judgement? judge, int depth) => Chance(depth < MostDepth ? 0.15 : 0)
        ? new PlaceScript(name, Cascade(name, depth + 1), judge)
        {
            Timeout = Maybe(0.5, () => Time(10)),
            AskedModel = Asked(name, judge),
            Oddity = MaybeOdd(),
            IsBehindClient = Chance(0.4),
        }
        : Model(name, judge) with { AskedModel = Asked(name, judge), Oddity = MaybeOdd() };

    private PlaceScript? Asked(string name, Judgement? judge) =>
        judge == Judgement.AsksAModel ? Model($"{name}-asked", null) with { Timeout = null } : null;

    private Oddity MaybeOdd() => Chance(0.1) ? Pick(_oddities) : Oddity.None;

    private PlaceScript Model(string name, Judgement? judge) => new(name, new TurnsScript(Many(1, 2, _ => Model())), judge)
    {
        Timeout = Maybe(0.5, () => Time(10)),
        Prices = Pick<Prices?>(null, new Prices(perCall: 2), new Prices(1_000_000, 2_000_000), new Prices(1_000_000, 2_000_000, perCall: 3)),
    };

    private ModelScript Model() => new(Chance(0.3) ? Behaviour.Answers : Pick(_behaviours), _random.Next(1000))
    {
        Usage = Pick(_reports),
        Tokens = 1 << _models++ % 20,
        Time = Time(8),
    };

    private RequestScript Request() => new(IsStreaming: Chance(0.6))
    {
        StartsAt = Chance(0.5) ? TimeSpan.Zero : Time(20),
        CancelsAfter = Maybe(0.15, () => Time(15)),
        CancelsAtMoment = MaybeNumber(0.15, 20),
        StopsAfterUpdates = MaybeNumber(0.1, 12),
        ReadingTime = Chance(0.2) ? Time(5) : TimeSpan.Zero,
        CancelsEnumerator = Chance(0.5),
        ForcesExpert = Chance(0.05),
        ContinuesConversation = Chance(0.08),
    };

    private IEnumerable<PlaceScript> Owning(List<PlaceScript> tiers)
    {
        var owner = MaybeNumber(0.15, 3);
        return tiers.Select((tier, i) => i == owner ? tier with { OwnsConversations = true } : tier);
    }

    // Whole seconds often, so that things happen at once.
    private TimeSpan Time(int mostSeconds) => Chance(0.5)
        ? TimeSpan.FromSeconds(_random.Next(1, mostSeconds + 1))
        : TimeSpan.FromMilliseconds(_random.Next(1, (mostSeconds * 1000) + 1));

    private List<T> Many<T>(int least, int most, Func<int, T> make) =>
        [.. Enumerable.Range(0, _random.Next(least, most + 1)).Select(make)];

    private T Pick<T>(params IReadOnlyList<T> all) => all[_random.Next(all.Count)];

    private bool Chance(double probability) => _random.NextDouble() < probability;

    private TimeSpan? Maybe(double probability, Func<TimeSpan> make) => Chance(probability) ? make() : null;

    private int? MaybeNumber(double probability, int most) => Chance(probability) ? _random.Next(most + 1) : null;
}
