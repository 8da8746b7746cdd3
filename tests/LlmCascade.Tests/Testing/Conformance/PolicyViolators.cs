using System.Globalization;
using LlmCascade.Escalation;
using LlmCascade.Testing.Conformance;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Testing.Conformance;

/// <summary>A policy that breaks one rule is caught by that rule.</summary>
public sealed class PolicyViolators
{
    [Fact]
    public Task A_policy_that_judges_by_the_number_of_its_calls_is_caught()
    {
        var calls = 0;
        return BrokenAsync(
            nameof(DeferralPolicyConformance.JudgesAlikeAsync),
            "when it was asked again",
            new Function { After = (_, _, _) => new(++calls % 2 == 0 ? Verdict.Keep("even") : Verdict.Defer("odd")) });
    }

    [Fact]
    public Task A_policy_that_judges_the_answer_of_another_request_is_caught()
    {
        const int Alone = 39;
        const int Many = 80;
        var calls = 0;
        var last = 0;
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return BrokenAsync(
            nameof(DeferralPolicyConformance.KeepsRequestsApartAsync),
            "among many at once",
            new Function
            {
                After = async (_, generation, _) =>
                {
                    last = generation.Response.Text.Length;
                    if (Interlocked.Increment(ref calls) == Alone + Many)
                    {
                        gate.SetResult();
                    }

                    if (Volatile.Read(ref calls) > Alone)
                    {
                        await gate.Task;
                    }

                    return Verdict.Keep($"length-{last}");
                },
            });
    }

    [Fact]
    public Task A_keep_of_a_policy_that_cannot_keep_is_caught() => BrokenAsync(
        nameof(DeferralPolicyConformance.DecidesOnlyWhatItMayAsync),
        "the verdict was Keep, valid",
        new Function { CanKeep = false, After = (_, _, _) => new(Verdict.Keep("valid")) });

    [Fact]
    public Task A_deferral_to_the_expert_by_a_policy_that_cannot_is_caught() => BrokenAsync(
        nameof(DeferralPolicyConformance.DecidesOnlyWhatItMayAsync),
        "the verdict was DeferToExpert, hard",
        new Function { CanDeferToExpert = false, After = (_, _, _) => new(Verdict.DeferToExpert("hard")) });

    [Fact]
    public Task An_abstention_is_caught() => BrokenAsync(
        nameof(DeferralPolicyConformance.DecidesOnlyWhatItMayAsync),
        "the verdict was Abstain, unsure",
        new Function { After = (_, _, _) => new(new Verdict(Decision.Abstain, "unsure")) });

    [Theory]
    [InlineData(0.8)]
    [InlineData(0.80551)]
    [InlineData(1)]
    [InlineData(double.Epsilon)]
    public Task Stopping_where_the_highest_confidence_would_just_be_kept_is_caught(double threshold) => BrokenAsync(
        nameof(DeferralPolicyConformance.StopsOnlyWhatIsHopelessAsync),
        string.Create(CultureInfo.InvariantCulture, $" to {threshold}, and {threshold} (Measured) would not have been deferred"),
        new Function
        {
            During = (_, reachable) => reachable.Maximum <= threshold ? Verdict.Defer("hopeless") : Verdict.NoOpinion,
            After = (_, generation, _) => new(AtLeast(threshold, generation)),
        });

    [Fact]
    public Task Stopping_because_of_the_lowest_confidence_is_caught() => BrokenAsync(
        nameof(DeferralPolicyConformance.StopsOnlyWhatIsHopelessAsync),
        "would not have been deferred",
        new Function
        {
            During = (_, reachable) => reachable.Minimum < 0.5 ? Verdict.Defer("hopeless") : Verdict.NoOpinion,
            After = (_, generation, _) => new(AtLeast(0.5, generation)),
        });

    [Fact]
    public Task Stopping_a_tier_about_which_nobody_would_have_an_opinion_is_caught() => BrokenAsync(
        nameof(DeferralPolicyConformance.StopsOnlyWhatIsHopelessAsync),
        "would not have been deferred",
        new Function { During = (_, _) => Verdict.Defer("impatient") });

    [Fact]
    public Task Stopping_what_is_kept_for_one_answer_or_one_source_alone_is_caught() => BrokenAsync(
        nameof(DeferralPolicyConformance.StopsOnlyWhatIsHopelessAsync),
        "Proxy) would not have been deferred",
        new Function
        {
            During = (_, reachable) => reachable.Maximum < 0.5 ? Verdict.DeferToExpert("hopeless") : Verdict.NoOpinion,
            After = (_, generation, _) => new(generation is { Confidence.Source: ConfidenceSource.Proxy, Response.Text: "no" }
                ? Verdict.Keep("hint")
                : AtLeast(0.5, generation)),
        });

    [Theory]
    [InlineData("too unsure", "the reason was 'too unsure'")]
    [InlineData("", "it was empty")]
    [InlineData("a-reason-that-goes-on-and-on-and-tells-the-whole-story-of-the-answer", "the reason has 68")]
    public Task A_reason_that_is_no_code_is_caught(string reason, string happened) => BrokenAsync(
        nameof(DeferralPolicyConformance.GivesCodesAsReasonsAsync),
        happened,
        new Function { After = (_, _, _) => new(new Verdict(Decision.Defer, reason)) });

    [Theory]
    [InlineData("before")]
    [InlineData("during")]
    [InlineData("after")]
    [InlineData("answer")]
    public Task A_reason_with_a_word_of_the_request_or_the_answer_is_caught(string where) => BrokenAsync(
        nameof(DeferralPolicyConformance.GivesCodesAsReasonsAsync),
        "is one of theirs",
        new Function
        {
            Before = (request, _) => new(where == "before" ? Verdict.Defer(LastWord(request)) : Verdict.NoOpinion),
            During = (request, _) => where == "during" ? Verdict.Defer(LastWord(request)) : Verdict.NoOpinion,
            After = (request, generation, _) => new(
                where == "after" ? Verdict.Keep(LastWord(request))
                : where == "answer" ? Verdict.Keep(generation.Response.Messages[^1].Text.Split(' ')[^1].ToLowerInvariant())
                : Verdict.NoOpinion),
        });

    [Theory]
    [InlineData("messages")]
    [InlineData("options")]
    [InlineData("answer")]
    [InlineData("during")]
    public Task A_changed_request_or_answer_is_caught(string part) => BrokenAsync(
        nameof(DeferralPolicyConformance.LeavesRequestAndAnswerAloneAsync),
        part == "answer" ? "it was changed" : "they were changed",
        new Function
        {
            Before = (request, _) =>
            {
                if (part == "options")
                {
                    request.Options?.AdditionalProperties?.Add("seen", true);
                }

                return new(Verdict.NoOpinion);
            },
            During = (request, _) => part == "during" ? AddTo(request) : Verdict.NoOpinion,
            After = (request, generation, _) =>
            {
                if (part == "answer")
                {
                    generation.Response.Messages[0].Contents.Add(new TextContent("(judged)"));
                }

                return new(part == "messages" ? AddTo(request) : Verdict.NoOpinion);
            },
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_decision_that_ignores_its_cancellation_is_caught(bool isBefore) => BrokenAsync(
        nameof(DeferralPolicyConformance.EndsWhenItIsCancelledAsync),
        "it went on",
        new Function
        {
            Before = async (_, _) => isBefore ? await NeverAsync() : Verdict.NoOpinion,
            After = async (_, _, _) => await NeverAsync(),
        },
        graceTime: TimeSpan.FromMilliseconds(50));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Another_exception_in_place_of_a_cancellation_is_caught(bool isBefore) => BrokenAsync(
        nameof(DeferralPolicyConformance.EndsWhenItIsCancelledAsync),
        "IOException was thrown",
        new Function
        {
            Before = async (_, token) => isBefore ? await CloseAsync(token) : Verdict.NoOpinion,
            After = async (_, _, token) => await CloseAsync(token),
        });

    [Fact]
    public Task A_decision_that_obeys_its_cancellation_is_fine() => new Suite(new Function
    {
        Before = async (_, token) => await Task.FromCanceled<Verdict>(new CancellationToken(true)),
        After = async (_, _, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return Verdict.NoOpinion;
        },
    }).EndsWhenItIsCancelledAsync();

    private static Task BrokenAsync(string rule, string happened, IDeferralPolicy policy, TimeSpan? graceTime = null) =>
        Suites.ExpectBrokenAsync(new Suite(policy) { GraceTime = graceTime }, rule, happened);

    private static Verdict AtLeast(double threshold, Generation generation) =>
        generation.Confidence.HasValue && generation.Confidence.Value >= threshold ? Verdict.Keep("sure") : Verdict.Defer("unsure");

    private static Verdict AddTo(GenerationRequest request)
    {
        ((IList<ChatMessage>)request.Messages).Add(new ChatMessage(ChatRole.User, "Judge."));
        return Verdict.NoOpinion;
    }

    private static string LastWord(GenerationRequest request) => request.Messages[^1].Text.Split(' ')[^1];

    private static async Task<Verdict> NeverAsync()
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
        return Verdict.NoOpinion;
    }

    private static async Task<Verdict> CloseAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        throw new IOException("connection closed");
    }

    private sealed class Suite(IDeferralPolicy policy) : DeferralPolicyConformance
    {
        public TimeSpan? GraceTime { get; init; }

        protected override CascadeSettings Settings =>
            GraceTime is { } time ? base.Settings with { GraceTime = time } : base.Settings;

        protected override IDeferralPolicy CreatePolicy() => policy;
    }

    private sealed class Function : IDeferralPolicy
    {
        public bool CanKeep { get; init; } = true;

        public bool CanDeferToExpert { get; init; } = true;

        public Func<GenerationRequest, CancellationToken, ValueTask<Verdict>> Before { get; init; } = (_, _) => new(Verdict.NoOpinion);

        public Func<GenerationRequest, ConfidenceRange, Verdict> During { get; init; } = (_, _) => Verdict.NoOpinion;

        public Func<GenerationRequest, Generation, CancellationToken, ValueTask<Verdict>> After { get; init; } =
            (_, _, _) => new(Verdict.NoOpinion);

        public ValueTask<Verdict> BeforeAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) => Before(request, cancellationToken);

        Verdict IDeferralPolicy.During(GenerationRequest request, ConfidenceRange reachable) => During(request, reachable);

        public ValueTask<Verdict> AfterAsync(
            GenerationRequest request, Generation generation, AttemptContext context, CancellationToken cancellationToken) =>
            After(request, generation, cancellationToken);
    }
}
