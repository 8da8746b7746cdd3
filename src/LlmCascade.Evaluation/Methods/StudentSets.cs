using LlmCascade.Deferral;
using LlmCascade.Students;

namespace LlmCascade.Evaluation.Methods;

/// <summary>The students that options ask for.</summary>
internal static class StudentSets
{
    /// <summary>Makes the students of a cascade, by our rules or by the paper's.</summary>
    public static OnlineCascade For(ReplayOptions options, LabelSpace labels, ulong seed, SpendingController spending)
    {
        var students = options.Tiers.Select(tier => (tier.Name, OptionsFor(options, tier))).ToList();
        return options.Mode == ReplayMode.Paper
            ? new OnlineCascade(labels, students, seed, controller: null, options.ToPaperSettings())
            : new OnlineCascade(labels, students, seed, spending, expertCost: options.ExpertCost);
    }

    /// <summary>Makes the student of one tier by itself.</summary>
    public static IStudent Create(ReplayOptions options, ReplayTier tier, LabelSpace labels, ulong seed) =>
        OnlineCascade.CreatorOf(OptionsFor(options, tier), options.Mode == ReplayMode.Paper ? options.ToPaperSettings().Students[0] : null)(labels, seed);

    private static StudentOptions OptionsFor(ReplayOptions options, ReplayTier tier)
    {
        var student = new StudentOptions();
        tier.Configure?.Invoke(student);
        student.Score = options.Deferral switch
        {
            ReplayDeferral.MaxProb => DeferralScore.MaxProbability,
            ReplayDeferral.Entropy => DeferralScore.Entropy,
            _ => DeferralScore.Calibrated,
        };
        return student;
    }
}
