namespace LlmCascade.Evaluation.Ensembles;

/// <summary>Who speaks of several that are equally central: the one whose length is closest to the median, then the cheapest, then the first.</summary>
internal static class TieRule
{
    public static int Pick(AnswerTable table, int prompt, int[] members, IReadOnlyList<int> tied)
    {
        if (tied is [var only])
        {
            return only;
        }

        var lengths = table.Lengths[prompt];
        int[] present = [.. members.Where(member => table.Texts[prompt][member] is not null).Select(member => lengths[member]).Order()];
        var median = present.Length == 0 ? 0 : (present[(present.Length - 1) / 2] + present[present.Length / 2]) / 2.0;
        return tied.OrderBy(member => Math.Abs(lengths[member] - median))
            .ThenBy(member => table.Costs?[member] ?? 0)
            .ThenBy(member => Array.IndexOf(members, member))
            .First();
    }
}
