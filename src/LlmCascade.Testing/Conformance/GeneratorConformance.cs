using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

namespace LlmCascade.Testing.Conformance;

/// <summary>The rules that every <see cref="IGenerator"/> keeps, one method each, for a test class of yours to derive from.</summary>
/// <remarks>
/// Call each method from a test of its own; it knows no test framework. A rule that is broken is an
/// <see cref="ExpectationException"/> that names the rule, what was expected and what happened. Every rule makes its own
/// generators, and tries them buffered and streamed.
/// </remarks>
[Experimental("LLMC003")]
public abstract class GeneratorConformance
{
    private const int Crowd = 64;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    /// <summary>Makes a generator that answers.</summary>
    /// <returns>A generator whose answers depend on the request: where all are alike, nobody sees requests mixed up.</returns>
    protected abstract IGenerator CreateGenerator();

    /// <summary>Makes a generator that asks its model and fails.</summary>
    /// <returns>The generator; <see langword="null"/> when it cannot fail, and then the rule has nothing to check.</returns>
    protected abstract IGenerator? CreateFailingGenerator();

    /// <summary>Makes a generator that asks its model and waits until it is cancelled.</summary>
    /// <returns>The generator; <see langword="null"/> when it never waits, and then the rules have nothing to check.</returns>
    protected abstract IGenerator? CreateEndlessGenerator();

    /// <summary>Makes the requests to try, at least one.</summary>
    /// <returns>By default a question, a conversation with options, and a question with labels.</returns>
    protected virtual IReadOnlyList<GenerationRequest> CreateRequests() => Examples.Requests();

    /// <summary>Gets whether asking the generator costs something, so that each call is recorded.</summary>
    /// <value><see langword="true"/> by default; a model that runs within the process says <see langword="false"/>.</value>
    protected virtual bool IsPaid => true;

    /// <summary>Gets whether the answer is the same for an equal request, seed and key.</summary>
    /// <value><see langword="false"/> by default, and then <see cref="RepeatsItselfAsync"/> has nothing to check.</value>
    protected virtual bool IsDeterministic => false;

    /// <summary>Gets whether the generator made last by <see cref="CreateEndlessGenerator"/> has asked its model.</summary>
    /// <value>
    /// <see langword="true"/> by default: it has when it returns its task. One that does something else first says when,
    /// for example with <see cref="ScriptedChatClient.ActiveCalls"/>.
    /// </value>
    protected virtual bool IsWaiting => true;

    /// <summary>Gets the seed, and the grace time within which a cancelled call ends.</summary>
    /// <value>A grace time of ten seconds by default.</value>
    protected virtual CascadeSettings Settings => new() { GraceTime = TimeSpan.FromSeconds(10) };

    /// <summary>Compares two answers to one request.</summary>
    /// <param name="one">One answer.</param>
    /// <param name="other">Another answer.</param>
    /// <returns>By default whether their texts are equal.</returns>
    protected virtual bool IsSameAnswer(Generation one, Generation other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        return one.Response.Text == other.Response.Text;
    }

    /// <summary>Every paid call is recorded with <see cref="AttemptContext.Paid"/>, at least what the response reports as its usage.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task RecordsWhatItPaysAsync()
    {
        await foreach (var (run, answer, mode) in AnswersAsync())
        {
            ExpectRecorded(run, mode);
            var (reported, recorded) = (answer.Response.Usage, run.Attempt.Total().Usage);
            Rule.Expect(
                (reported?.InputTokenCount ?? 0) <= (recorded.InputTokenCount ?? 0)
                    && (reported?.OutputTokenCount ?? 0) <= (recorded.OutputTokenCount ?? 0),
                $"at least the {reported?.InputTokenCount ?? 0} + {reported?.OutputTokenCount ?? 0} tokens of the response to be recorded",
                $"{recorded.InputTokenCount ?? 0} + {recorded.OutputTokenCount ?? 0} were ({mode})",
                run.Attempt);
        }
    }

    /// <summary>A call that failed was paid for all the same, and is recorded.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task RecordsWhatItPaidBeforeItFailedAsync()
    {
        foreach (var (request, isStreaming, mode) in Cases())
        {
            if (CreateFailingGenerator() is not { } generator)
            {
                return;
            }

            var run = await new GeneratorProbe(generator).RunAloneAsync(request, isStreaming, settings: Settings);
            Rule.Expect(run.Failure is not null, "the failing generator to fail", $"it answered ({mode})", run.Attempt);
            ExpectRecorded(run, mode);
        }
    }

    /// <summary>A call that was cancelled was paid for all the same, and is recorded.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task RecordsWhatItPaidBeforeItWasCancelledAsync()
    {
        foreach (var (request, isStreaming, mode) in Cases())
        {
            if (CreateEndlessGenerator() is not { } generator)
            {
                return;
            }

            var (run, _) = await CancelAsync(generator, request, isStreaming, mode);
            ExpectRecorded(run, mode);
        }
    }

    /// <summary>A cancelled call ends within the grace time, with <see cref="OperationCanceledException"/>.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task EndsWhenItIsCancelledAsync()
    {
        foreach (var (request, isStreaming, mode) in Cases())
        {
            if (CreateEndlessGenerator() is not { } generator)
            {
                return;
            }

            var (run, failure) = await CancelAsync(generator, request, isStreaming, mode);
            Rule.Expect(
                failure is OperationCanceledException,
                "an OperationCanceledException",
                failure is null ? $"the call returned an answer ({mode})" : $"{failure.GetType().Name} was thrown ({mode})",
                run.Attempt,
                failure);
        }
    }

    /// <summary>The messages and the options of a request are shared, and nobody changes them.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task LeavesTheRequestAloneAsync()
    {
        foreach (var (given, isStreaming, mode) in Cases())
        {
            // A list that can be changed, as callers' lists can.
            var request = given with { Messages = given.Messages.ToList() };
            var (messages, options) = (Snapshot.Of(request.Messages), Snapshot.Of(request.Options));
            await AnswerAsync(CreateGenerator(), request, isStreaming, mode);
            Rule.Expect(Snapshot.Of(request.Messages) == messages, "the messages to stay as they are", $"they were changed ({mode})");
            Rule.Expect(Snapshot.Of(request.Options) == options, "the options to stay as they are", $"they were changed ({mode})");
        }
    }

    /// <summary>Many requests at once get each their own answer, recorded in each their own attempt.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken, or all requests get the same answer.</exception>
    public async Task KeepsRequestsApartAsync()
    {
        var generator = CreateGenerator();
        var requests = CreateRequests();
        List<(GeneratorRun Run, Generation Answer)> alone = [];
        foreach (var request in requests)
        {
            alone.Add(await AnswerAsync(generator, request, isStreaming: false, "alone"));
        }

        Rule.Expect(
            alone.Any(each => !IsSameAnswer(each.Answer, alone[0].Answer)),
            "requests that get different answers",
            "all get the same, so that nobody would see them mixed up");
        var together = await Task.WhenAll(Enumerable.Range(0, Crowd).Select(i => Task.Run(() => AnswerAsync(
            generator, requests[i % requests.Count], isStreaming: i / requests.Count % 2 > 0, "among many"))));
        for (var i = 0; i < together.Length; i++)
        {
            var (own, other) = (alone[i % requests.Count], together[i]);
            Rule.Expect(
                IsSameAnswer(own.Answer, other.Answer), "the answer that a request gets alone", "it got another one among many", other.Run.Attempt);
            Rule.Expect(
                HasPaid(own.Run.Attempt) == HasPaid(other.Run.Attempt),
                "each request's call to be recorded in its own attempt",
                "among many it was recorded elsewhere",
                other.Run.Attempt);
        }
    }

    /// <summary>Either the whole answer is emitted or none of it, and once.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task ShowsTheWholeAnswerOrNothingAsync()
    {
        foreach (var request in CreateRequests())
        {
            var (run, answer) = await AnswerAsync(CreateGenerator(), request, isStreaming: true, "streamed");
            var (shown, text) = (TextOf(run.Shown), TextOf(answer.Response));
            Rule.Expect(
                shown == text,
                $"the {text.Length} characters of the answer to be shown",
                $"{shown.Length} characters were, " + (text.StartsWith(shown, StringComparison.Ordinal) ? "and the rest was not" : "and they differ"),
                run.Attempt);
        }
    }

    /// <summary><see cref="Generation.Updates"/>, where they are given, tell the text of the response.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task StreamsWhatItAnswersAsync()
    {
        await foreach (var (run, answer, mode) in AnswersAsync())
        {
            Rule.Expect(
                answer.Updates is null || TextOf(answer.Updates) == TextOf(answer.Response),
                "updates and response to tell the same text",
                $"they differ ({mode})",
                run.Attempt);
        }
    }

    /// <summary>A distribution is one over the labels that were asked for; where none were, there is none.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task GivesLabelsThatWereAskedForAsync()
    {
        foreach (var (request, isStreaming, mode) in Cases())
        {
            var (run, answer) = await AnswerAsync(CreateGenerator(), request, isStreaming, mode);
            Rule.Expect(
                answer.Labels is not { } labels || labels.Space.Equals(request.Labels),
                request.Labels is null ? "no distribution, because no labels were asked for" : $"a distribution over {request.Labels}, or none",
                $"there was one over {answer.Labels?.Space} ({mode})",
                run.Attempt);
        }
    }

    /// <summary>Where <see cref="IsDeterministic"/> says so, an equal request, seed and key get an equal answer and confidence.</summary>
    /// <returns>A task that completes when the rule was checked.</returns>
    /// <exception cref="ExpectationException">The rule is broken.</exception>
    public async Task RepeatsItselfAsync()
    {
        if (!IsDeterministic)
        {
            return;
        }

        foreach (var (request, isStreaming, mode) in Cases())
        {
            var generator = CreateGenerator();
            var (_, first) = await AnswerAsync(generator, request, isStreaming, mode);
            foreach (var again in new[] { generator, CreateGenerator() })
            {
                var (run, second) = await AnswerAsync(again, request, isStreaming, mode);
                Rule.Expect(
                    IsSameAnswer(first, second) && first.Confidence == second.Confidence,
                    "an equal answer with an equal confidence",
                    $"another one came the second time ({mode})",
                    run.Attempt);
            }
        }
    }

    private async IAsyncEnumerable<(GeneratorRun Run, Generation Answer, string Mode)> AnswersAsync([CallerMemberName] string rule = "")
    {
        foreach (var (request, isStreaming, mode) in Cases())
        {
            var (run, answer) = await AnswerAsync(CreateGenerator(), request, isStreaming, mode, rule);
            yield return (run, answer, mode);
        }
    }

    private IEnumerable<(GenerationRequest Request, bool IsStreaming, string Mode)> Cases() =>
        CreateRequests().SelectMany<GenerationRequest, (GenerationRequest, bool, string)>(
            request => [(request, false, "buffered"), (request, true, "streamed")]);

    private async Task<(GeneratorRun Run, Generation Answer)> AnswerAsync(
        IGenerator generator, GenerationRequest request, bool isStreaming, string mode, [CallerMemberName] string rule = "")
    {
        var probe = new GeneratorProbe(generator);
        var run = await probe.RunAloneAsync(request, isStreaming, settings: Settings);
        Rule.Expect(
            run.Failure is null && probe.Generation is not null,
            "an answer",
            $"the call failed with {run.Failure?.GetType().Name}: {run.Failure?.Message} ({mode})",
            run.Attempt,
            run.Failure,
            rule);
        return (run, probe.Generation);
    }

    private async Task<(GeneratorRun Run, Exception? Failure)> CancelAsync(
        IGenerator generator, GenerationRequest request, bool isStreaming, string mode, [CallerMemberName] string rule = "")
    {
        using var stop = new CancellationTokenSource();
        var probe = new GeneratorProbe(generator);
        var running = probe.RunAloneAsync(request, isStreaming, settings: Settings, cancellationToken: stop.Token);
        var startedAt = TimeProvider.System.GetTimestamp();
        while (!running.IsCompleted && !(probe.IsCalled && IsWaiting))
        {
            Rule.Expect(
                TimeProvider.System.GetElapsedTime(startedAt) < _patience, "IsWaiting to become true", $"it did not ({mode})", rule: rule);
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
        }

        var isEarly = running.IsCompleted;
        await stop.CancelAsync();
        var run = await running;
        Rule.Expect(!isEarly, "the endless generator to wait for its cancellation", $"it ended before ({mode})", run.Attempt, run.Failure, rule);
        Rule.Expect(
            !run.Attempt.IsAbandoned, "the call to end within the grace time after its cancellation", $"it went on ({mode})", run.Attempt, rule: rule);
        return (run, probe.Failure);
    }

    private void ExpectRecorded(GeneratorRun run, string mode, [CallerMemberName] string rule = "") => Rule.Expect(
        !IsPaid || HasPaid(run.Attempt), "the call to be recorded with AttemptContext.Paid", $"nothing was ({mode})", run.Attempt, rule: rule);

    private static bool HasPaid(Attempt attempt) => attempt.UsageState != UsageState.None || attempt.Children.Any(HasPaid);

    private static string TextOf(IEnumerable<ChatResponseUpdate> updates) => TextOf(updates.SelectMany(update => update.Contents));

    private static string TextOf(ChatResponse response) => TextOf(response.Messages.SelectMany(message => message.Contents));

    private static string TextOf(IEnumerable<AIContent> contents) =>
        string.Concat(contents.OfType<TextContent>().Select(content => content.Text));
}
