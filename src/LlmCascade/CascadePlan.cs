namespace LlmCascade;

/// <summary>What code and configuration say together; configuration has the last word.</summary>
internal sealed record CascadePlan(IReadOnlyList<TierBuilder> Tiers, ExpertBuilder Expert, IReadOnlyList<string> UnknownNames)
{
    public IEnumerable<(string Name, GeneratorSetup Setup)> Setups =>
        Tiers.Select(tier => (tier.Name, tier.Setup)).Append((Expert.Name, Expert.Setup));

    public static CascadePlan Of(CascadeBuilder builder, CascadeOptions options)
    {
        var declaredInCode = builder.Tiers.Select(tier => tier.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var others = options.Tiers.Where(entry => !declaredInCode.Contains(entry.Key)).ToLookup(entry => entry.Value.Client is not null);
        var added = others[true]
            .Select(entry => new TierBuilder(entry.Key).With(entry.Value))
            .OrderBy(tier => tier.Setup.Prices?.InputPerMillion ?? decimal.MaxValue)
            .ThenBy(tier => tier.Name, StringComparer.Ordinal);
        return new CascadePlan(
            [.. builder.Tiers.Select(tier => options.Tiers.TryGetValue(tier.Name, out var values) ? tier.With(values) : tier), .. added],
            builder.ExpertBuilder.With(options.Expert),
            [.. others[false].Select(entry => entry.Key)]);
    }

    /// <summary>Finds what is wrong, each with the way out.</summary>
    public IEnumerable<string> FindMistakes()
    {
        foreach (var name in UnknownNames)
        {
            var known = string.Join(", ", Tiers.Select(tier => $"'{tier.Name}'"));
            yield return $"Configuration names the tier '{name}', which code does not add; there is {(known.Length > 0 ? known : "none")}. Correct the name, or give it a Client: the key of a registered chat client.";
        }

        foreach (var mistake in Tiers.SelectMany(tier => tier.FindMistakes()))
        {
            yield return mistake;
        }

        foreach (var twice in Setups.GroupBy(each => each.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            yield return $"The name '{twice.Key}' is given twice. Tiers and expert of a cascade need different names; case does not count.";
        }

        var owners = Tiers.Where(tier => tier.Setup.OwnsConversations).Select(tier => $"'{tier.Name}'").ToList();
        if (owners.Count > 1)
        {
            yield return $"Server-side conversations have one owner, and {string.Join(" and ", owners)} claim them. Keep one .OwnsConversations().";
        }

        var priced = Setups.Where(each => each.Setup.Prices is not null).ToList();
        for (var i = 1; i < priced.Count; i++)
        {
            // Neighbours are not enough: between two tiers may stand one that compares with neither.
            var dearer = priced.FindLastIndex(i - 1, each => IsCheaper(priced[i].Setup.Prices!, each.Setup.Prices!));
            if (dearer >= 0)
            {
                yield return $"Costs must rise from tier to tier, and '{priced[i].Name}' is cheaper than '{priced[dearer].Name}' before it. Change their order or their prices.";
            }
        }
    }

    // Where one price is lower and another higher, it depends on the request which tier is cheaper.
    private static bool IsCheaper(Prices later, Prices earlier)
    {
        ReadOnlySpan<(decimal Later, decimal Earlier)> pairs =
        [
            (later.InputPerMillion ?? 0, earlier.InputPerMillion ?? 0),
            (later.OutputPerMillion ?? 0, earlier.OutputPerMillion ?? 0),
            (later.PerCall ?? 0, earlier.PerCall ?? 0),
        ];
        var isLowerSomewhere = false;
        foreach (var (laterPrice, earlierPrice) in pairs)
        {
            if (laterPrice > earlierPrice)
            {
                return false;
            }

            isLowerSomewhere |= laterPrice < earlierPrice;
        }

        return isLowerSomewhere;
    }
}
