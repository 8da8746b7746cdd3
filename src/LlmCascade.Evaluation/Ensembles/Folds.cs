using LlmCascade.Evaluation.Measuring;

namespace LlmCascade.Evaluation.Ensembles;

/// <summary>Parts of the prompts: what is fitted on all others of them is tried on one.</summary>
internal sealed class Folds
{
    private const int Most = 10;

    /// <param name="groups">The number of each prompt's group, from 0; a group stays together.</param>
    /// <param name="seed">The seed of the draws.</param>
    public Folds(int[] groups, ulong seed)
    {
        var sizes = new int[groups.Max() + 1];
        foreach (var group in groups)
        {
            sizes[group]++;
        }

        int[] order = [.. Enumerable.Range(0, sizes.Length)];
        Bootstrap.Draws(seed, "folds").Shuffle<int>(order);
        var filled = new int[Math.Min(Most, sizes.Length)];
        var foldOf = new int[sizes.Length];
        foreach (var group in order)
        {
            // The emptiest fold; the first of several.
            foldOf[group] = Array.IndexOf(filled, filled.Min());
            filled[foldOf[group]] += sizes[group];
        }

        Count = filled.Length;
        Inside = [.. Enumerable.Range(0, Count).Select(fold => PromptsWhere(prompt => foldOf[groups[prompt]] == fold))];
        Outside = [.. Enumerable.Range(0, Count).Select(fold => PromptsWhere(prompt => foldOf[groups[prompt]] != fold))];

        int[] PromptsWhere(Func<int, bool> isPart) => [.. Enumerable.Range(0, groups.Length).Where(isPart)];
    }

    public int Count { get; }

    /// <summary>Gets the prompts of each fold.</summary>
    public int[][] Inside { get; }

    /// <summary>Gets the prompts of all other folds.</summary>
    public int[][] Outside { get; }
}
