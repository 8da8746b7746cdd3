namespace LlmCascade.Evaluation.Ensembles;

/// <summary>The one member that answers everything, chosen on other folds than those it answers.</summary>
internal static class SingleMember
{
    public static int[] Of(AnswerTable table, int[] members, Folds folds)
    {
        var chosen = new int[table.Count];
        for (var fold = 0; fold < folds.Count; fold++)
        {
            var best = members.MaxBy(member => folds.Outside[fold].Sum(prompt => table.Scores[prompt][member]));
            foreach (var prompt in folds.Inside[fold])
            {
                chosen[prompt] = best;
            }
        }

        return chosen;
    }
}
