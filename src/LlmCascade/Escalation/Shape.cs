using System.Collections.Immutable;

namespace LlmCascade.Escalation;

/// <summary>Checks that what a cascade is made of can be told apart.</summary>
internal static class Shape
{
    public static void ThrowIfAmbiguous(ImmutableArray<Tier> tiers, Expert expert)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { expert.Name };
        foreach (var tier in tiers)
        {
            ArgumentNullException.ThrowIfNull(tier, nameof(tiers));
            if (!names.Add(tier.Name))
            {
                throw new ArgumentException(
                    $"The name '{tier.Name}' is given twice. Tiers and expert of a cascade need different names; case does not count.", nameof(tiers));
            }
        }

        if (tiers.Count(tier => tier.OwnsConversations) > 1)
        {
            throw new ArgumentException("Server-side conversations have one owner, and two tiers claim them.", nameof(tiers));
        }
    }
}
