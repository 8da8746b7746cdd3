using LlmCascade.Deferral;
using LlmCascade.Escalation;
using LlmCascade.Testing;

namespace LlmCascade.Tests;

/// <summary>The small cascades that most tests need.</summary>
internal static class Cascades
{
    public static readonly IDeferralPolicy KeepAll = DeferralPolicy.KeepTheRest("kept");

    public static readonly IDeferralPolicy DeferAll = DeferralPolicy.DeferWhen((_, _) => true, "deferred");

    public static GenerationRequest Question { get; } = new("What is the capital of France?");

    public static Tier Tier(string name, ScriptedReply reply, IDeferralPolicy? policy = null) =>
        new(name, new ScriptedGenerator(reply), policy ?? KeepAll);

    public static Expert Expert(ScriptedReply reply) => new(new ScriptedGenerator(reply));

    public static IEnumerable<string> Reasons(this Episode episode) =>
        episode.Root.Children.Select(attempt => $"{attempt.Name}: {attempt.Verdict.Reason}");
}
