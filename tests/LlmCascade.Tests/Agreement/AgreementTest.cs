using LlmCascade.Agreement;
using LlmCascade.Calibration;
using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Xunit;

namespace LlmCascade.Tests.Agreement;

/// <summary>Ensembles of scripted members in a tier, with an expert behind it.</summary>
public abstract class AgreementTest
{
    protected static GenerationRequest Question { get; } = new("How many days do I have to return a lamp?");

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    // Answers are the same or they are not, so that scores are easily reckoned.
    protected static AgreementOptions Exact(AgreementAggregation aggregation = default, IAgreementMeasure? measure = null) =>
        new() { Measure = measure ?? AgreementMeasure.SameText, Aggregation = aggregation };

    protected static EnsembleMember Member(string name, ScriptedReply reply) => new(name, new ScriptedGenerator(reply));

    protected static EnsembleGenerator Ensemble(AgreementOptions options, params ScriptedReply[] replies) =>
        new(replies.Select((reply, i) => Member($"m{i + 1}", reply)), options);

    protected static async Task<Episode> AskAsync(IGenerator generator, double threshold, CascadeSettings? settings = null, params Tier[] before)
    {
        var recorder = new EpisodeRecorder();
        var cascade = new Cascade(
            [.. before, new Tier("ensemble", generator, DeferralPolicy.FirstDecisive(ValidityPolicy.Instance, AgreementPolicy.Instance, new ThresholdPolicy(threshold)))],
            new Expert(new ScriptedGenerator("expert")),
            (settings ?? new CascadeSettings()) with { OnEpisode = recorder.Record });
        await cascade.RunAsync(Question, cancellationToken: Token);
        return recorder.Only;
    }

    protected static Attempt EnsembleOf(Episode episode) => episode.Root.Children.Single(attempt => attempt.Name == "ensemble");

    protected static CandidateAgreement AgreementOf(Episode episode) => EnsembleOf(episode).Generation!.Agreement!;

    protected static IEnumerable<string> Told(Episode episode) => EnsembleOf(episode).Children.Select(child => $"{child.Name}: {child.Verdict.Reason}");
}
