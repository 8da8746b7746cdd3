using LlmCascade.Deferral;
using LlmCascade.Learning;

namespace LlmCascade;

/// <summary>What the builder of a cascade was told about learning.</summary>
internal sealed class LearningSetup
{
    public Func<ExpertBudget>? Budget { get; set; }

    public LearningOptions Options { get; } = new();

    public List<IOnlineLearner> Learners { get; } = [];

    public Func<Episode, bool>? Accept { get; set; }

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

        if (Path is not null && students.Count == 0)
        {
            yield return "What is learned is to be saved, and nothing learns. Add a student with .AddStudent(…), or leave .SaveLearningTo(…) out.";
        }
    }
}
