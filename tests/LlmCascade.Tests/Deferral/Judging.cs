using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Deferral;

/// <summary>Lets a policy judge one answer: that of the only tier of a cascade.</summary>
internal static class Judging
{
    public static async Task<Verdict> JudgeAsync(
        this IDeferralPolicy policy, ScriptedReply reply, ChatOptions? options = null)
    {
        var generator = new ChatClientGenerator(new ScriptedChatClient(reply)) { Confidence = (_, _) => reply.Confidence };
        var cascade = new Cascade([new Tier("small", generator, policy)], Expert("Paris"));

        var (_, episode) = await cascade.RunAsync(new GenerationRequest(Question.Messages, options));

        return episode.Root.Children[0].Verdict;
    }

    public static Task<Verdict> JudgeAsync(this IDeferralPolicy policy, double confidence) =>
        policy.JudgeAsync(new ScriptedReply("Lyon") { Confidence = Confidence.Measured(confidence) });
}
