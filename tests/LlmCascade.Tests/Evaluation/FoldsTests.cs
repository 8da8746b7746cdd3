using LlmCascade.Evaluation.Ensembles;
using Xunit;

namespace LlmCascade.Tests.Evaluation;

public sealed class FoldsTests
{
    [Fact]
    public void Every_prompt_is_in_one_fold_and_outside_the_others()
    {
        var folds = new Folds([.. Enumerable.Range(0, 25)], seed: 1);

        Assert.Equal(10, folds.Count);
        Assert.Equal(Enumerable.Range(0, 25), folds.Inside.SelectMany(fold => fold).Order());
        Assert.All(folds.Inside, fold => Assert.InRange(fold.Length, 2, 3));
        Assert.All(Enumerable.Range(0, 10), fold => Assert.Equal(Enumerable.Range(0, 25), folds.Inside[fold].Concat(folds.Outside[fold]).Order()));
    }

    [Fact]
    public void Groups_stay_together_and_there_are_no_more_folds_than_groups()
    {
        int[] groups = [0, 0, 0, 1, 2, 2, 1, 0];

        var folds = new Folds(groups, seed: 1);

        Assert.Equal(3, folds.Count);
        Assert.All(folds.Inside, fold => Assert.Single(fold.Select(prompt => groups[prompt]).Distinct()));
    }

    [Fact]
    public void Seeds_decide()
    {
        int[] groups = [.. Enumerable.Range(0, 50)];

        Assert.Equal(new Folds(groups, 3).Inside, new Folds(groups, 3).Inside);
        Assert.NotEqual(new Folds(groups, 3).Inside, new Folds(groups, 4).Inside);
    }
}
