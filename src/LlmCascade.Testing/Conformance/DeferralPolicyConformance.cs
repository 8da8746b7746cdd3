using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

namespace LlmCascade.Testing.Conformance;

/// <summary>The rules that every <see cref="IDeferralPolicy"/> keeps, one method each, for a test class of yours to derive from.</summary>
/// <remarks>
/// Call each method from a test of its own; it knows no test framework. A rule that is broken is an
/// <see cref="ExpectationException"/> that names the rule, what was expected and what happened. Every rule makes its own
/// policy and lets it judge each answer as one to each request.
/// </remarks>
[Experimental("LLMC003")]
public abstract class DeferralPolicyConformance
{
    private const int Rounds = 4;
    private const int LongestReason = 64;
    private const string Marker = "Quagga7319";

    /// <summary>Makes the policy.</summary>
    /// <returns>A policy that nobody else uses.</returns>
    protected abstract IDeferralPolicy CreatePolicy();

    /// <summary>Makes the requests to try, at least one.</summary>
    /// <returns>By default a question, a conversation with options, and a question with labels.</returns>
    protected virtual IReadOnlyList<GenerationRequest> CreateRequests() => Examples.Requests();

    /// <summary>Makes the answers to judge, at least one.</summary>
    /// <returns>
    /// By default short and long ones, with and without confidence of each source, with tokens, with labels, cut ones, and
    /// a tool call.
    /// </returns>
    protected virtual IReadOnlyList<Generation> CreateGenerations() => Examples.Generations();

    /// <summary>Gets the seed, and the grace time within which a cancelled decision ends.</summary>
    /// <value>A grace time of ten seconds by default.</value>
    protected virtual CascadeSettings Settings => new() { GraceTime = TimeSpan.FromSeconds(10) };

    /// <summary>The same evidence gets the same verdict, whatever was judged in between.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task JudgesAlikeAsync()
    {
        var policy = CreatePolicy();
        var first = await JudgeAllAsync(policy, [.. Cases()]);
        var again = await JudgeAllAsync(policy, [.. Cases().Reverse()]);
        ExpectEqual(first, again.Reverse(), "when it was asked again", nameof(JudgesAlikeAsync));
    }

    /// <summary>Many decisions at once are those that each gets alone.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task KeepsRequestsApartAsync()
    {
        var policy = CreatePolicy();
        var alone = await JudgeAllAsync(policy, [.. Cases()]);
        var together = await Task.WhenAll(Enumerable.Range(0, Rounds).SelectMany(_ => Cases()).Select(
            each => Task.Run(() => policy.JudgeAsync(each.Request, each.Generation, Settings))));
        ExpectEqual(
            Enumerable.Range(0, Rounds).SelectMany(_ => alone), together, "among many at once", nameof(KeepsRequestsApartAsync));
    }

    /// <summary>
    /// A policy keeps nothing when it says that it cannot (<see cref="IDeferralPolicy.CanKeep"/>), defers to the expert only
    /// when it says that it may (<see cref="IDeferralPolicy.CanDeferToExpert"/>), and never abstains.
    /// </summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task DecidesOnlyWhatItMayAsync()
    {
        var policy = CreatePolicy();
        foreach (var verdict in await JudgeAllAsync(policy, [.. Cases()]))
        {
            Rule.Expect(
                policy.CanKeep || verdict.Decision != Decision.Keep,
                "nothing to be kept, because CanKeep is false",
                $"the verdict was {verdict.Decision}, {verdict.Reason}");
            Rule.Expect(
                policy.CanDeferToExpert || verdict.Decision != Decision.DeferToExpert,
                "no deferral to the expert, because CanDeferToExpert is false",
                $"the verdict was {verdict.Decision}, {verdict.Reason}");
            Rule.Expect(
                verdict.Decision != Decision.Abstain, "a keep, a deferral or no opinion", $"the verdict was {verdict.Decision}, {verdict.Reason}");
        }
    }

    /// <summary>
    /// A deferral of <see cref="IDeferralPolicy.During"/> is certain: <see cref="IDeferralPolicy.AfterAsync"/> defers for
    /// every confidence within reach, both ends included.
    /// </summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task StopsOnlyWhatIsHopelessAsync()
    {
        var policy = CreatePolicy();
        Func<double, Confidence>[] sources =
            [value => Confidence.Measured(value), value => Confidence.SelfReported(value), value => Confidence.Proxy(value)];
        foreach (var (request, generation) in Cases())
        {
            foreach (var source in sources)
            {
                var outcomes = await DeferralPolicyExtensions.InTierAsync(
                    (context, token) => ConfidenceSweep.RunAsync(async confidence => (await policy.AfterAsync(
                        request, generation with { Confidence = source(confidence) }, context, token)).IsDeferral),
                    Settings);
                var found = ConfidenceSweep.FindContradiction(outcomes, range => policy.During(request, range).IsDeferral);
                Rule.Expect(
                    found is null,
                    "a tier to be stopped only where AfterAsync would defer for every confidence within reach",
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"it was stopped from {found?.Range.Minimum} to {found?.Range.Maximum}, and {found?.Confidence} ({source(0).Source}) would not have been deferred"));
            }
        }
    }

    /// <summary>
    /// The reason of a decision is a short code: not empty, without white space, at most 64 characters long, and without
    /// a word of the request or the answer.
    /// </summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task GivesCodesAsReasonsAsync()
    {
        var policy = CreatePolicy();
        foreach (var (request, generation) in Cases())
        {
            var marked = (Request: Mark(request), Generation: Mark(generation));
            Verdict[] verdicts =
            [
                await policy.JudgeAsync(request, generation, Settings),
                await policy.JudgeAsync(marked.Request, marked.Generation, Settings),
                policy.During(marked.Request, new ConfidenceRange(0, 0)),
                policy.During(marked.Request, new ConfidenceRange(0, 1)),
            ];
            foreach (var reason in verdicts.Where(verdict => verdict.IsDecisive).Select(verdict => verdict.Reason))
            {
                Rule.Expect(reason.Length > 0, "a reason", "it was empty");
                Rule.Expect(!reason.Any(char.IsWhiteSpace), "a code without white space", $"the reason was '{reason}'");
                Rule.Expect(reason.Length <= LongestReason, $"at most {LongestReason} characters", $"the reason has {reason.Length}");
                Rule.Expect(
                    !reason.Contains(Marker, StringComparison.OrdinalIgnoreCase),
                    "a code without a word of the request or the answer",
                    $"the reason was '{reason}', and '{Marker}' is one of theirs");
            }
        }
    }

    /// <summary>The request and the answer are shared, and nobody changes them.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task LeavesRequestAndAnswerAloneAsync()
    {
        var policy = CreatePolicy();
        foreach (var (given, generation) in Cases())
        {
            // A list that can be changed, as callers' lists can.
            var request = given with { Messages = given.Messages.ToList() };
            var (messages, options, answer) = (Snapshot.Of(request.Messages), Snapshot.Of(request.Options), Snapshot.Of(generation));
            policy.During(request, new ConfidenceRange(0, 1));
            await policy.JudgeAsync(request, generation, Settings);
            Rule.Expect(Snapshot.Of(request.Messages) == messages, "the messages to stay as they are", "they were changed");
            Rule.Expect(Snapshot.Of(request.Options) == options, "the options to stay as they are", "they were changed");
            Rule.Expect(Snapshot.Of(generation) == answer, "the answer to stay as it is", "it was changed");
        }
    }

    /// <summary>A cancelled decision ends within the grace time: with a verdict or with <see cref="OperationCanceledException"/>.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <remarks>A policy that asks a model is to be made here with one that never answers.</remarks>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task EndsWhenItIsCancelledAsync()
    {
        var policy = CreatePolicy();
        foreach (var (request, generation) in Cases())
        {
            await ExpectEndAsync(nameof(policy.BeforeAsync), (context, token) => policy.BeforeAsync(request, context, token));
            await ExpectEndAsync(nameof(policy.AfterAsync), (context, token) => policy.AfterAsync(request, generation, context, token));
        }
    }

    private async Task ExpectEndAsync(string method, Func<AttemptContext, CancellationToken, ValueTask<Verdict>> decide)
    {
        foreach (var isFromTheStart in new[] { true, false })
        {
            var (hasEnded, failure) = await DeferralPolicyExtensions.InTierAsync(async (context, _) =>
            {
                using var stop = new CancellationTokenSource();
                if (isFromTheStart)
                {
                    await stop.CancelAsync();
                }

                var deciding = DecideAsync(decide, context, stop.Token);
                await stop.CancelAsync();
                await ((Task)deciding).WaitAsync(Settings.GraceTime, Settings.TimeProvider, CancellationToken.None)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return (deciding.IsCompleted, deciding.Exception?.InnerException);
            });
            Rule.Expect(
                hasEnded, $"{method} to end within the grace time after its cancellation", "it went on", rule: nameof(EndsWhenItIsCancelledAsync));
            Rule.Expect(
                failure is null,
                $"{method} to end with a verdict or an OperationCanceledException when it is cancelled",
                $"{failure?.GetType().Name} was thrown",
                cause: failure,
                rule: nameof(EndsWhenItIsCancelledAsync));
        }
    }

    // What is thrown at once becomes a task as well.
    private static async Task<Verdict> DecideAsync(
        Func<AttemptContext, CancellationToken, ValueTask<Verdict>> decide, AttemptContext context, CancellationToken cancellationToken) =>
        await decide(context, cancellationToken);

    private IEnumerable<(GenerationRequest Request, Generation Generation)> Cases() =>
        from request in CreateRequests()
        from generation in CreateGenerations()
        select (request, generation);

    private async Task<Verdict[]> JudgeAllAsync(IDeferralPolicy policy, (GenerationRequest Request, Generation Generation)[] cases)
    {
        var verdicts = new Verdict[cases.Length];
        for (var i = 0; i < cases.Length; i++)
        {
            verdicts[i] = await policy.JudgeAsync(cases[i].Request, cases[i].Generation, Settings);
        }

        return verdicts;
    }

    private static void ExpectEqual(IEnumerable<Verdict> expected, IEnumerable<Verdict> actual, string when, string rule)
    {
        foreach (var (one, other) in expected.Zip(actual))
        {
            Rule.Expect(
                one == other,
                $"the same verdict on the same evidence, {one.Decision}, {one.Reason}",
                $"it was {other.Decision}, {other.Reason} {when}",
                rule: rule);
        }
    }

    private static GenerationRequest Mark(GenerationRequest request) =>
        new([.. request.Messages, new ChatMessage(ChatRole.User, Marker)], request.Options, request.Labels);

    private static Generation Mark(Generation generation) => generation with
    {
        Response = new ChatResponse([.. generation.Response.Messages, new ChatMessage(ChatRole.Assistant, Marker)])
        {
            FinishReason = generation.Response.FinishReason,
        },
    };
}
