using System.Numerics;

namespace LlmCascade.Agreement;

/// <summary>Groups of candidates in which each agrees with each.</summary>
internal static class AgreementGroups
{
    /// <summary>Finds the largest groups, each as a set of bits; several where they are of one size.</summary>
    public static List<ulong> LargestOf(AgreementMatrix matrix, double clusterSimilarity)
    {
        var friends = new ulong[matrix.Count];
        for (var second = 1; second < matrix.Count; second++)
        {
            for (var first = 0; first < second; first++)
            {
                if (matrix[first, second] >= clusterSimilarity)
                {
                    friends[first] |= 1UL << second;
                    friends[second] |= 1UL << first;
                }
            }
        }

        List<ulong> largest = [];
        Extend(0, matrix.Count == 64 ? ulong.MaxValue : (1UL << matrix.Count) - 1, friends, largest);
        return largest;
    }

    // Each group is grown in the order of its members, so that it is found once.
    private static void Extend(ulong group, ulong mayJoin, ulong[] friends, List<ulong> largest)
    {
        var most = largest.Count == 0 ? 0 : BitOperations.PopCount(largest[0]);
        if (BitOperations.PopCount(group) + BitOperations.PopCount(mayJoin) < most)
        {
            return;
        }

        if (mayJoin == 0)
        {
            if (BitOperations.PopCount(group) > most)
            {
                largest.Clear();
            }

            largest.Add(group);
            return;
        }

        var next = BitOperations.TrailingZeroCount(mayJoin);
        var rest = mayJoin & ~(1UL << next);
        Extend(group | (1UL << next), rest & friends[next], friends, largest);

        // Without it only a group counts that somebody else in it keeps it out of.
        if ((rest & ~friends[next]) != 0)
        {
            Extend(group, rest, friends, largest);
        }
    }
}
