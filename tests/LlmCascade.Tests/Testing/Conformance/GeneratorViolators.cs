using LlmCascade.Escalation;
using LlmCascade.Testing.Conformance;
using Microsoft.Extensions.AI;
using Xunit;

namespace LlmCascade.Tests.Testing.Conformance;

/// <summary>A generator that breaks one rule is caught by that rule.</summary>
public sealed class GeneratorViolators
{
    private delegate ValueTask<Generation> Generate(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken);

    private static readonly LabelSpace _otherLabels = new("true", "false");

    [Fact]
    public Task A_call_that_is_not_recorded_is_caught() => BrokenAsync(
        nameof(GeneratorConformance.RecordsWhatItPaysAsync),
        "nothing was (buffered)",
        answer: (request, _, _) => new(Echo(request)));

    [Fact]
    public Task A_call_that_is_not_recorded_is_caught_even_if_its_answer_reports_a_usage() => BrokenAsync(
        nameof(GeneratorConformance.RecordsWhatItPaysAsync),
        "nothing was (streamed)",
        answer: (request, context, _) =>
        {
            if (!context.IsStreaming)
            {
                context.Paid(null);
            }

            return new(new Generation(new ChatResponse(Echo(request).Response.Messages) { Usage = context.IsStreaming ? Tokens(10, 2) : null }));
        });

    [Fact]
    public Task Recording_less_than_the_response_reports_is_caught() => BrokenAsync(
        nameof(GeneratorConformance.RecordsWhatItPaysAsync),
        "10 + 1 were",
        answer: (request, context, _) =>
        {
            context.Paid(Tokens(10, 1));
            return new(new Generation(new ChatResponse(Echo(request).Response.Messages) { Usage = Tokens(10, 2) }));
        });

    [Fact]
    public Task A_failed_call_that_is_not_recorded_is_caught() => BrokenAsync(
        nameof(GeneratorConformance.RecordsWhatItPaidBeforeItFailedAsync),
        "nothing was",
        failing: (_, _, _) => throw new IOException("down"));

    [Fact]
    public Task A_failing_generator_that_answers_is_caught() => BrokenAsync(
        nameof(GeneratorConformance.RecordsWhatItPaidBeforeItFailedAsync), "it answered", failing: PaidEcho);

    [Fact]
    public Task A_cancelled_call_that_is_not_recorded_is_caught() => BrokenAsync(
        nameof(GeneratorConformance.RecordsWhatItPaidBeforeItWasCancelledAsync),
        "nothing was",
        endless: async (request, context, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            return await PaidEcho(request, context, token);
        });

    [Theory]
    [InlineData(nameof(GeneratorConformance.EndsWhenItIsCancelledAsync))]
    [InlineData(nameof(GeneratorConformance.RecordsWhatItPaidBeforeItWasCancelledAsync))]
    public Task A_call_that_ignores_its_cancellation_is_caught(string rule) => BrokenAsync(
        rule,
        "it went on",
        endless: async (request, context, token) =>
        {
            context.Paid(null);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, CancellationToken.None);
            return Echo(request);
        },
        graceTime: TimeSpan.FromMilliseconds(50));

    [Fact]
    public Task An_answer_in_place_of_a_cancellation_is_caught() => BrokenAsync(
        nameof(GeneratorConformance.EndsWhenItIsCancelledAsync),
        "the call returned an answer",
        endless: async (request, context, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return await PaidEcho(request, context, token);
        });

    [Fact]
    public Task Another_exception_in_place_of_a_cancellation_is_caught() => BrokenAsync(
        nameof(GeneratorConformance.EndsWhenItIsCancelledAsync),
        "IOException was thrown",
        endless: async (request, context, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new IOException("connection closed");
        });

    [Fact]
    public Task An_endless_generator_that_ends_by_itself_is_caught() => BrokenAsync(
        nameof(GeneratorConformance.EndsWhenItIsCancelledAsync), "it ended before", endless: PaidEcho);

    [Theory]
    [InlineData("message")]
    [InlineData("text")]
    [InlineData("temperature")]
    [InlineData("tools")]
    [InlineData("property")]
    public Task A_changed_request_is_caught(string part) => BrokenAsync(
        nameof(GeneratorConformance.LeavesTheRequestAloneAsync),
        "they were changed",
        answer: (request, context, token) =>
        {
            Change(request, part);
            return PaidEcho(request, context, token);
        });

    [Fact]
    public Task A_request_that_gets_the_answer_of_another_is_caught()
    {
        const int Alone = 3;
        const int Many = 40;
        var calls = 0;
        var last = "";
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return BrokenAsync(
            nameof(GeneratorConformance.KeepsRequestsApartAsync),
            "it got another one among many",
            answer: async (request, context, token) =>
            {
                last = request.Query;
                context.Paid(null);
                if (Interlocked.Increment(ref calls) == Alone + Many)
                {
                    gate.SetResult();
                }

                if (Volatile.Read(ref calls) > Alone)
                {
                    await gate.Task;
                }

                return Echo(new GenerationRequest(last));
            });
    }

    [Fact]
    public Task A_call_that_is_recorded_in_the_attempt_of_another_is_caught()
    {
        AttemptContext? first = null;
        return BrokenAsync(
            nameof(GeneratorConformance.KeepsRequestsApartAsync),
            "among many it was recorded elsewhere",
            answer: (request, context, _) =>
            {
                first ??= context;
                first.Paid(null);
                return new(Echo(request));
            });
    }

    [Fact]
    public Task Requests_among_which_nobody_sees_a_mix_up_are_caught() => BrokenAsync(
        nameof(GeneratorConformance.KeepsRequestsApartAsync),
        "all get the same",
        answer: (_, context, token) => PaidEcho(new GenerationRequest("always"), context, token));

    [Theory]
    [InlineData(1, 0, "and the rest was not")]
    [InlineData(1, 1, "and they differ")]
    public Task A_part_of_an_answer_or_one_that_is_shown_twice_is_caught(int first, int second, string happened) => BrokenAsync(
        nameof(GeneratorConformance.ShowsTheWholeAnswerOrNothingAsync),
        happened,
        answer: async (request, context, token) =>
        {
            context.Paid(null);
            var answer = Echo(request);
            foreach (var text in new[] { answer.Response.Text[..first], answer.Response.Text[..(answer.Response.Text.Length * second)] })
            {
                await context.EmitAsync(new ChatResponseUpdate(ChatRole.Assistant, text), token);
            }

            return answer;
        });

    [Fact]
    public Task Updates_that_tell_another_text_are_caught() => BrokenAsync(
        nameof(GeneratorConformance.StreamsWhatItAnswersAsync),
        "they differ",
        answer: (request, context, _) =>
        {
            context.Paid(null);
            return new(Echo(request) with { Updates = [new ChatResponseUpdate(ChatRole.Assistant, "something else")] });
        });

    [Theory]
    [InlineData(true, "there was one over true, false")]
    [InlineData(false, "there was one over true, false")]
    public Task Labels_that_nobody_asked_for_are_caught(bool areAsked, string happened) => BrokenAsync(
        nameof(GeneratorConformance.GivesLabelsThatWereAskedForAsync),
        happened,
        answer: (request, context, _) =>
        {
            context.Paid(null);
            return new(Echo(request) with
            {
                Labels = areAsked == request.Labels is not null ? new LabelDistribution(_otherLabels, 0.5, 0.5) : null,
            });
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Another_answer_or_confidence_the_second_time_is_caught(bool isText)
    {
        var calls = 0;
        return BrokenAsync(
            nameof(GeneratorConformance.RepeatsItselfAsync),
            "another one came the second time",
            answer: (request, context, _) =>
            {
                context.Paid(null);
                calls++;
                return new(isText
                    ? Echo(new GenerationRequest(request.Query + calls))
                    : Echo(request) with { Confidence = Confidence.Measured(1.0 / calls) });
            });
    }

    [Theory]
    [MemberData(nameof(AnsweringRules))]
    public Task A_generator_that_fails_where_it_shall_answer_is_caught(string rule) => BrokenAsync(
        rule, "the call failed with IOException: down", answer: (_, _, _) => throw new IOException("down"));

    [Fact]
    public async Task What_a_generator_cannot_do_is_not_asked_of_it()
    {
        var local = new Suite((request, _, _) => new(Echo(request)), failing: null, endless: null, isPaid: false);

        foreach (var rule in Suites.RulesOf<GeneratorConformance>())
        {
            await Suites.CheckAsync(local, rule);
        }
    }

    public static TheoryData<string> AnsweringRules() =>
        [.. Suites.RulesOf<GeneratorConformance>().Where(rule => !rule.Contains("Cancelled", StringComparison.Ordinal) && !rule.Contains("Failed", StringComparison.Ordinal))];

    private static Task BrokenAsync(
        string rule, string happened, Generate? answer = null, Generate? failing = null, Generate? endless = null, TimeSpan? graceTime = null) =>
        Suites.ExpectBrokenAsync(new Suite(answer ?? PaidEcho, failing, endless) { GraceTime = graceTime }, rule, happened);

    private static Generation Echo(GenerationRequest request) =>
        new(new ChatResponse(new ChatMessage(ChatRole.Assistant, "You asked: " + request.Query)));

    private static ValueTask<Generation> PaidEcho(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
    {
        context.Paid(null);
        return new(Echo(request));
    }

    private static UsageDetails Tokens(long input, long output) => new() { InputTokenCount = input, OutputTokenCount = output };

    private static void Change(GenerationRequest request, string part)
    {
        switch (part)
        {
            case "message":
                ((IList<ChatMessage>)request.Messages).Add(new ChatMessage(ChatRole.User, "Think."));
                break;
            case "text":
                ((TextContent)request.Messages[^1].Contents[0]).Text += " Think.";
                break;
            case "property":
                request.Messages[^1].AdditionalProperties = new() { ["seen"] = true };
                break;
            case "temperature" when request.Options is { } options:
                options.Temperature = 0;
                break;
            case "tools" when request.Options is { } options:
                options.Tools = [AIFunctionFactory.Create(() => "noon", "clock")];
                break;
        }
    }

    private sealed class Suite(Generate answer, Generate? failing, Generate? endless, bool isPaid = true) : GeneratorConformance
    {
        public TimeSpan? GraceTime { get; init; }

        protected override bool IsPaid => isPaid;

        protected override bool IsDeterministic => true;

        protected override CascadeSettings Settings =>
            GraceTime is { } time ? base.Settings with { GraceTime = time } : base.Settings;

        protected override IGenerator CreateGenerator() => new Function(answer);

        protected override IGenerator? CreateFailingGenerator() => failing is null ? null : new Function(failing);

        protected override IGenerator? CreateEndlessGenerator() => endless is null ? null : new Function(endless);
    }

    private sealed class Function(Generate generate) : IGenerator
    {
        public ValueTask<Generation> GenerateAsync(
            GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) =>
            generate(request, context, cancellationToken);
    }
}
