using LlmCascade.Deferral;
using LlmCascade.Learning;
using LlmCascade.Strategies;
using LlmCascade.Students;

namespace LlmCascade;

/// <summary>What the builder of a cascade was told about learning.</summary>
internal sealed class LearningSetup
{
    public Func<ExpertBudget>? Budget { get; set; }

    public LearningOptions Options { get; } = new();

    public List<IOnlineLearner> Learners { get; } = [];

    /// <summary>Gets the learners that are saved and loaded.</summary>
    public IEnumerable<ICheckpointed> KeptLearners => Learners.OfType<ICheckpointed>();

    public Func<Episode, bool>? Accept { get; set; }

    /// <summary>Gets or sets how strategies are made; <see langword="null"/> where none are.</summary>
    public StrategyLearningOptions? Strategies { get; set; }

    public string? Path { get; set; }

    public int SaveEvery { get; set; }

    public bool StartsUntrainedIfCorrupt { get; set; }

    /// <summary>Finds what is wrong, each with the way out.</summary>
    public IEnumerable<string> FindMistakes(IReadOnlyList<TierBuilder> tiers, LabelSpace? labels)
    {
        var students = tiers.Where(tier => tier.Student is not null).ToList();
        if (students.Count > 0 && labels is null)
        {
            yield return $"'{students[0].Name}' is a student, and nobody says which labels it learns. Add .Classify(\"…\", \"…\").";
        }

        foreach (var mistake in students.SelectMany(each => each.Student!.FindMistakes(each.Name, Budget is not null)).Concat(Options.FindMistakes()))
        {
            yield return mistake;
        }

        foreach (var mistake in Strategies?.FindMistakes() ?? [])
        {
            yield return $".LearnStrategies(…): {mistake}";
        }

        if (Budget is not null && labels is not null && students.Count == tiers.Count && students.Exists(tier => tier.Student!.IsBuiltIn) && FindTooFew(Budget()) is { } few)
        {
            yield return $"The budget of the expert allows {few} calls on the first {LogisticStudent.FirstLessons} requests, before which no student answers, and there is no other tier: those requests would fail. Raise the burst of .LimitExpertShare(…) or the calls of .LimitExpertCalls(…) to {LogisticStudent.FirstLessons} at least, or add a tier that answers meanwhile.";
        }

        if (Path is null)
        {
            yield break;
        }

        if (students.Count == 0 && Budget is null && !KeptLearners.Any())
        {
            yield return "What is learned is to be saved, and there is nothing to save. Add a student with .AddStudent(…), limit the expert, add a learner that is ICheckpointed, or leave .SaveLearningTo(…) out.";
        }

        foreach (var kind in KeptLearners.GroupBy(learner => learner.Kind).Where(kind => kind.Count() > 1))
        {
            yield return $"Two learners of the kind '{kind.Key}' are to be saved, and a file tells learners apart by their kind. Give each one its own.";
        }
    }

    private static int? FindTooFew(ExpertBudget budget)
    {
        for (var taken = 0; taken < LogisticStudent.FirstLessons; taken++)
        {
            budget.CountRequest();
            if (!budget.TryTake())
            {
                return taken;
            }
        }

        return null;
    }
}
