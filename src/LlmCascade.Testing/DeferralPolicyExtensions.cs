using System.Runtime.ExceptionServices;
using LlmCascade.Deferral;
using LlmCascade.Escalation;

namespace LlmCascade.Testing;

/// <summary>Asks a policy without a cascade around it.</summary>
public static class DeferralPolicyExtensions
{
    /// <summary>Lets a policy judge an answer as the only policy of a tier.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="request">The request.</param>
    /// <param name="generation">The answer and its evidence.</param>
    /// <param name="settings">Clock, limits and seed; the defaults when <see langword="null"/>.</param>
    /// <param name="options">Scope and key of the request; neither when <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels the decision.</param>
    /// <returns>
    /// The deferral of <see cref="IDeferralPolicy.BeforeAsync"/> if there is one, otherwise the verdict of
    /// <see cref="IDeferralPolicy.AfterAsync"/>, as the policy gave it: a tier about which nobody has an opinion defers,
    /// but that is not the policy's verdict. What the policy throws is thrown.
    /// </returns>
    /// <exception cref="OperationCanceledException">The decision was cancelled.</exception>
    public static Task<Verdict> JudgeAsync(
        this IDeferralPolicy policy,
        GenerationRequest request,
        Generation generation,
        CascadeSettings? settings = null,
        CascadeRequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(generation);
        return InTierAsync(
            async (context, token) =>
            {
                var entry = await policy.BeforeAsync(request, context, token);
                return entry.IsDeferral ? entry : await policy.AfterAsync(request, generation, context, token);
            },
            settings,
            options,
            cancellationToken);
    }

    /// <summary>Lets a policy judge a scripted answer.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="request">The request.</param>
    /// <param name="reply">The answer; its confidence and its tokens are the evidence.</param>
    /// <inheritdoc cref="JudgeAsync(IDeferralPolicy, GenerationRequest, Generation, CascadeSettings?, CascadeRequestOptions?, CancellationToken)"/>
    public static Task<Verdict> JudgeAsync(this IDeferralPolicy policy, GenerationRequest request, ScriptedReply reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        return policy.JudgeAsync(request, reply.ToGeneration());
    }

    /// <summary>Acts within the attempt of a tier, whose context nobody can make.</summary>
    internal static async Task<T> InTierAsync<T>(
        Func<AttemptContext, CancellationToken, ValueTask<T>> act,
        CascadeSettings? settings = null,
        CascadeRequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var result = default(T);
        ExceptionDispatchInfo? failure = null;
        var policy = DeferralPolicy.Create(async (_, _, context, token) =>
        {
            try
            {
                result = await act(context, token);
            }
            catch (Exception e)
            {
                failure = ExceptionDispatchInfo.Capture(e);
            }

            return Verdict.Keep("done");
        });
        var cascade = new Cascade(
            [new Tier("tier", new ScriptedGenerator("answer"), policy)],
            new Expert(new ScriptedGenerator("answer")),
            (settings ?? new CascadeSettings()) with { Mode = CascadeMode.Normal });
        options = (options ?? CascadeRequestOptions.Default) with { ForceExpert = false };
        await cascade.RunAsync(new GenerationRequest("question"), options, cancellationToken);
        failure?.Throw();
        return result!;
    }
}
