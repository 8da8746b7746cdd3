using LlmCascade;
using LlmCascade.Deferral;
using LlmCascade.Testing;
using LlmCascade.Testing.Conformance;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using static Documentation.Confidences;

namespace Documentation;

/// <summary>The code of docs/testing.md.</summary>
public sealed class Testing
{
    public static void Scripts()
    {
        // snippet: scripts
        var constant = new ScriptedChatClient("Paris");
        var inTurn = new ScriptedChatClient("Paris", "Rome", ScriptedReply.Throws(new IOException("down")));
        var byQuestion = new ScriptedChatClient(call => call.Messages[^1].Text.Contains("Italy", StringComparison.Ordinal) ? "Rome" : "Paris");
        var unsure = new ScriptedChatClient(new ScriptedReply("Ly", "on").WithLogProbabilities(-0.1, -2.3).WithUsage(20, 2));
        var broken = new ScriptedChatClient(new ScriptedReply("Pa") { Failure = new IOException("cut") });   // after the first chunk
        var cutOff = new ScriptedChatClient(new ScriptedReply("Paris is") { FinishReason = ChatFinishReason.Length });
        var hanging = new ScriptedChatClient(new ScriptedReply { NeverEnds = true });
        // end-snippet
        _ = (constant, inTurn, byQuestion, unsure, broken, cutOff, hanging);
    }

    // snippet: host-registration
    public static void AddAnswers(IServiceCollection services) => services.AddLlmCascade(cascade => cascade
        .AddTier("small", tier => tier
            .UseChatClient("small-model")
            .WithTokenConfidence()
            .DeferBelow(0.8)
            .Costs(inputPerMillion: 0.1m, outputPerMillion: 0.4m))
        .Expert(expert => expert.UseChatClient("large-model").Costs(inputPerMillion: 2m, outputPerMillion: 8m)));
    // end-snippet

    // snippet: host-test
    [Fact]
    public async Task An_unsure_answer_goes_to_the_expert()
    {
        var episodes = new EpisodeRecorder();
        var builder = Host.CreateApplicationBuilder();
        AddAnswers(builder.Services);
        builder.Services.AddKeyedChatClient("small-model", new ScriptedChatClient(
            new ScriptedReply("Ly", "on").WithLogProbabilities(-0.1, -2.3).WithUsage(inputTokens: 20, outputTokens: 2)));
        builder.Services.AddKeyedChatClient("large-model", new ScriptedChatClient(
            new ScriptedReply("Paris").WithUsage(inputTokens: 20, outputTokens: 1)));
        builder.Services.ConfigureAll<CascadeOptions>(options => options.OnEpisode(episodes.Record));
        using var host = builder.Build();
        await host.StartAsync();

        await host.Services.GetRequiredService<IChatClient>().GetResponseAsync("What is the capital of France?");

        episodes.Only
            .ShouldDefer("small", DeferralReasons.BelowThreshold)
            .ShouldBeAnsweredBy("expert")
            .ShouldUse(inputTokens: 40, outputTokens: 3)
            .ShouldCost(0.0000508m);
    }
    // end-snippet

    // snippet: judge
    [Fact]
    public async Task An_apology_is_deferred()
    {
        var policy = DeferralPolicy.DeferWhen(
            (_, answer) => answer.Response.Text.StartsWith("Sorry", StringComparison.Ordinal), "apology");

        var verdict = await policy.JudgeAsync(new("Where is my parcel?"), "Sorry, I do not know.");

        Assert.Equal(Verdict.Defer("apology"), verdict);
    }
    // end-snippet

    // snippet: run-alone
    [Fact]
    public async Task Each_sample_is_an_attempt_of_its_own()
    {
        var model = new ScriptedChatClient("spam", "ham", "spam");
        var generator = new SampledLabels(model, new LabelSpace("spam", "ham"), samples: 3);

        var run = await generator.RunAloneAsync(new("You have won a prize!"));

        Assert.Equal("spam", run.Generation.Response.Text);
        Assert.Equal(3, run.Attempt.Children.Length);
    }
    // end-snippet
}

// snippet: generator-conformance
public sealed class SampledLabelsTests : GeneratorConformance
{
    private static readonly LabelSpace _labels = new("spam", "ham");

    protected override IGenerator CreateGenerator() => Sample(new ScriptedChatClient(
        call => call.Messages[^1].Text.Contains("prize", StringComparison.Ordinal) ? "spam" : "ham"));

    protected override IGenerator CreateFailingGenerator() => Sample(new ScriptedChatClient(ScriptedReply.Throws(new IOException("down"))));

    protected override IGenerator CreateEndlessGenerator() => Sample(new ScriptedChatClient(new ScriptedReply { NeverEnds = true }));

    protected override IReadOnlyList<GenerationRequest> CreateRequests() =>
    [
        new([new(ChatRole.User, "You have won a prize!")], labels: _labels),
        new([new(ChatRole.User, "Lunch at noon?")], labels: _labels),
    ];

    [Fact]
    public Task Calls_are_recorded() => RecordsWhatItPaysAsync();

    [Fact]
    public Task Failed_calls_are_recorded() => RecordsWhatItPaidBeforeItFailedAsync();

    [Fact]
    public Task Cancelled_calls_are_recorded() => RecordsWhatItPaidBeforeItWasCancelledAsync();

    [Fact]
    public Task Calls_end_when_they_are_cancelled() => EndsWhenItIsCancelledAsync();

    [Fact]
    public Task Requests_stay_as_they_are() => LeavesTheRequestAloneAsync();

    [Fact]
    public Task Requests_are_kept_apart() => KeepsRequestsApartAsync();

    [Fact]
    public Task Answers_are_shown_whole() => ShowsTheWholeAnswerOrNothingAsync();

    [Fact]
    public Task Updates_and_response_say_the_same() => StreamsWhatItAnswersAsync();

    [Fact]
    public Task Labels_are_those_that_were_asked_for() => GivesLabelsThatWereAskedForAsync();

    private static SampledLabels Sample(ScriptedChatClient model) => new(model, _labels, samples: 3);
}
// end-snippet

// snippet: policy-conformance
public sealed class ApologyTests : DeferralPolicyConformance
{
    protected override IDeferralPolicy CreatePolicy() => DeferralPolicy.DeferWhen(
        (_, answer) => answer.Response.Text.StartsWith("Sorry", StringComparison.Ordinal), "apology");

    [Fact]
    public Task Equal_evidence_gets_equal_verdicts() => JudgesAlikeAsync();

    [Fact]
    public Task Only_what_is_hopeless_is_stopped() => StopsOnlyWhatIsHopelessAsync();

    [Fact]
    public Task Reasons_are_codes() => GivesCodesAsReasonsAsync();
}
// end-snippet

/// <summary>Stands for that of your test framework.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class FactAttribute : Attribute;

/// <summary>Stands for that of your test framework.</summary>
internal static class Assert
{
    public static void Equal<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new ExpectationException($"Expected {expected}, and it was {actual}.");
        }
    }
}
