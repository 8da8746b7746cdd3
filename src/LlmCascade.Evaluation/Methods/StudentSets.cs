using LlmCascade.Deferral;
using LlmCascade.Students;

namespace LlmCascade.Evaluation.Methods;

/// <summary>The students that options ask for.</summary>
internal static class StudentSets
{
    /// <summary>Makes the students of a cascade, by our rules or by the paper's.</summary>
    public static OnlineCascade For(ReplayOptions options, LabelSpace labels, ulong seed, ExpertBudget budget)
    {
        var students = options.Tiers.Select(name => (name, OptionsFor(options))).ToList();
        return options.Mode == ReplayMode.Paper
            ? new OnlineCascade(labels, students, seed, controller: null, options.ToPaperSettings())
            : new OnlineCascade(labels, students, seed, new SpendingController(budget));
    }

    private static StudentOptions OptionsFor(ReplayOptions options) => options.Mode == ReplayMode.Paper
        ? new StudentOptions { Create = LogisticStudent.CreateAsInThePaper }
        : new StudentOptions
        {
            Score = options.Deferral switch
            {
                ReplayDeferral.MaxProb => DeferralScore.MaxProbability,
                ReplayDeferral.Entropy => DeferralScore.Entropy,
                _ => DeferralScore.Calibrated,
            },
        };
}
