using System.Buffers.Binary;
using System.Security.Cryptography;

namespace LlmCascade.Strategies;

/// <summary>All that was ever deleted.</summary>
internal sealed class Tombstones
{
    private readonly Dictionary<UInt128, Dictionary<Target, DateTimeOffset>> _byKey = [];

    // Which of id, scope and producer are given, over all tombstones: the others need not be looked for.
    private readonly HashSet<(bool Id, bool Scope, bool Producer)> _shapes = [];

    // Thousands of strategies share a scope or a producer.
    private readonly Dictionary<(UInt128 Key, string Name), UInt128> _hashes = [];

    /// <summary>Gets a key for the next tombstone: one that is there already, so that there are few, or a random one.</summary>
    public UInt128 Key => _byKey.Count > 0
        ? _byKey.Keys.First()
        : BinaryPrimitives.ReadUInt128LittleEndian(RandomNumberGenerator.GetBytes(16));

    public IEnumerable<Tombstone> All =>
        from key in _byKey
        from each in key.Value
        select new Tombstone(key.Key, each.Key.Id, each.Key.Scope, each.Key.Producer, each.Value);

    /// <summary>Tells whether a tombstone says something that is not known yet.</summary>
    public bool IsNews(in Tombstone tombstone) =>
        !_byKey.TryGetValue(tombstone.Key, out var targets) || !targets.TryGetValue(Target.Of(tombstone), out var until) || until < tombstone.Until;

    public void Add(in Tombstone tombstone)
    {
        if (!IsNews(tombstone))
        {
            return;
        }

        if (!_byKey.TryGetValue(tombstone.Key, out var targets))
        {
            _byKey.Add(tombstone.Key, targets = []);
        }

        targets[Target.Of(tombstone)] = tombstone.Until;
        _shapes.Add((tombstone.Id != 0, tombstone.Scope != 0, tombstone.Producer != 0));
    }

    /// <summary>Makes tombstones for the ids of strategies that were deleted by something else than these.</summary>
    /// <remarks>Who meets the same content made at another time then deletes it as well, so that all who have met are equal.</remarks>
    public IEnumerable<Tombstone> ForIdsOf(IEnumerable<Strategy> strategies) =>
        from strategy in strategies
        where Cover(strategy) && !Cover(strategy with { CreatedAt = DateTimeOffset.MaxValue })
        select Tombstone.Of(Key, strategy.Id);

    /// <summary>Tells whether a strategy was deleted.</summary>
    public bool Cover(Strategy strategy)
    {
        foreach (var (key, targets) in _byKey)
        {
            UInt128? ownHash = null;
            foreach (var (id, scope, producer) in _shapes)
            {
                var target = new Target(
                    id ? ownHash ??= Tombstone.Hash(key, strategy.Id) : 0,
                    scope ? HashOf(key, strategy.Scope) : 0,
                    producer ? HashOf(key, strategy.Producer) : 0);
                if (targets.TryGetValue(target, out var until) && strategy.CreatedAt <= until)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private UInt128 HashOf(UInt128 key, string name)
    {
        const int Many = 10_000;
        if (!_hashes.TryGetValue((key, name), out var hash))
        {
            if (_hashes.Count == Many)
            {
                _hashes.Clear();
            }

            _hashes.Add((key, name), hash = Tombstone.Hash(key, name));
        }

        return hash;
    }

    private readonly record struct Target(UInt128 Id, UInt128 Scope, UInt128 Producer)
    {
        public static Target Of(in Tombstone tombstone) => new(tombstone.Id, tombstone.Scope, tombstone.Producer);
    }
}
