using LlmCascade.Steps.Introspection;
using Microsoft.Extensions.AI;

namespace LlmCascade.Steps;

/// <summary>One task on its way, step by step.</summary>
internal sealed class StepRun(
    IGenerator cascade, IGenerator? finisher, StepwiseOptions options, StepPrompt prompt, GenerationRequest request, AttemptContext context, TimeProvider time)
{
    private readonly List<ChatResponseUpdate> _updates = [];
    private readonly StepLimits _limits = new(options, time);
    private readonly LoopDetector _loops = new();
    private Trajectory _trajectory = new(TaskOf(request), []);
    private List<AIContent> _calls = [];
    private int _helpedInARow;
    private bool _isAbstained;
    private bool _showsRest;

    public async ValueTask<Generation> CompleteAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        context.MakeCurrent();
        while (_trajectory.End == TrajectoryEnd.Open)
        {
            using var limit = _limits.Start(cancellationToken);
            try
            {
                await (MustHandOver ? FinishAsync(limit.Token, cancellationToken) : TakeStepAsync(limit.Token, cancellationToken));
            }
            catch (OperationCanceledException) when (limit.HasPassed && !cancellationToken.IsCancellationRequested)
            {
                // What was shown in part cannot be taken back, and is no answer.
                EndWith(_trajectory.Steps.IsEmpty || _showsRest
                    ? throw new TimeoutException($"The time limit of {options.TimeLimit} passed before {(_showsRest ? "the expert had finished" : "a step was accepted")}.")
                    : TrajectoryEnd.TimeLimit);
            }
        }

        var answer = Answer();
        if (_trajectory.HandedOverAt is null)
        {
            // What was finished alone has brought its own end.
            await AddAsync(new ChatResponseUpdate { Role = ChatRole.Assistant, FinishReason = answer.Response.FinishReason }, cancellationToken);
        }

        return answer;
    }

    private bool MustHandOver => finisher is not null && (_loops.HasLoop
        || (options.Mode is StepMode.Switching or StepMode.Hint && _helpedInARow >= options.MaxConsecutiveExpertSteps));

    private async Task TakeStepAsync(CancellationToken stepToken, CancellationToken cancellationToken)
    {
        using var attempt = context.Begin("step", AttemptRole.Step);

        // What is accepted is shown from here, with what stands between steps.
        attempt.IsHeldBack = true;
        var answer = await AskAsync(cascade, request with { Trajectory = _trajectory }, attempt, stepToken);
        _isAbstained |= answer.IsAbstained;
        var tree = attempt.ToAttempt();
        var step = StepOf(answer, tree);

        // An expert that nobody asked a tier before, such as one that answers everything, helps nobody.
        _helpedInARow = (step.IsByExpert && tree.Children.Any(child => child.Role == AttemptRole.Tier)) || step.Hint is not null ? _helpedInARow + 1 : 0;
        _calls = CallsIn(answer);
        var isFinal = answer.IsLastStep || options.IsAnswer(step.Text, _trajectory.Steps.LastOrDefault());
        Accept(step);
        await ShowAsync(_calls.Count > 0 ? answer.Response.Text.Trim() : step.Text, cancellationToken);
        if (_calls.Count == 0 && !isFinal && options.Observe is not null)
        {
            await ObserveAsync(step, attempt, stepToken, cancellationToken);
        }

        EndWith(_calls.Count > 0 ? TrajectoryEnd.CallsTools
            : isFinal ? TrajectoryEnd.Answered
            : answer.Response.FinishReason == ChatFinishReason.ContentFilter ? TrajectoryEnd.Filtered
            : answer.Response.FinishReason == ChatFinishReason.Length ? TrajectoryEnd.TokenLimit
            : _loops.HasLoop && finisher is null ? TrajectoryEnd.Loop
            : _limits.EndAfter(_trajectory));
    }

    private async Task ObserveAsync(ReasoningStep step, OpenAttempt attempt, CancellationToken stepToken, CancellationToken cancellationToken)
    {
        if (await attempt.WaitAsync(options.Observe!(_trajectory, stepToken), stepToken) is { } observation)
        {
            _trajectory = _trajectory with { Steps = _trajectory.Steps.SetItem(_trajectory.Steps.Length - 1, step with { Observation = observation }) };
            await AddAsync(new ChatResponseUpdate(ChatRole.Assistant, StepPrompt.Behind(observation)), cancellationToken);
        }
    }

    // From here on the expert works alone: it is shown while it comes.
    private async Task FinishAsync(CancellationToken stepToken, CancellationToken cancellationToken)
    {
        using var attempt = context.Begin("rest", AttemptRole.Step);
        var before = _trajectory.Steps.Length;
        if (before > 0)
        {
            await AddAsync(new ChatResponseUpdate(ChatRole.Assistant, options.Boundary.Separator), cancellationToken);
        }

        _showsRest = context.IsStreaming;
        var answer = await AskAsync(finisher!, prompt.ForRest(request, _trajectory), attempt, stepToken);
        _isAbstained |= answer.IsAbstained;
        _updates.AddRange(answer.Updates ?? answer.Response.ToChatResponseUpdates());
        var whole = StepOf(answer, attempt.ToAttempt());
        var texts = options.Boundary.Split(answer.Response.Text);
        for (var i = 0; i < texts.Count; i++)
        {
            // Their costs cannot be told apart.
            Accept(whole with { Text = texts[i], Spent = i == 0 ? whole.Spent : null });
        }

        _calls = CallsIn(answer);
        if (_calls.Count > 0)
        {
            Accept(whole with { Text = WrittenContent.Of([new ChatMessage(ChatRole.Assistant, _calls)]), Spent = texts.Count == 0 ? whole.Spent : null });
        }

        _trajectory = _trajectory with { HandedOverAt = before };
        EndWith(_calls.Count > 0 ? TrajectoryEnd.CallsTools
            : answer.Response.FinishReason == ChatFinishReason.ContentFilter ? TrajectoryEnd.Filtered
            : answer.Response.FinishReason == ChatFinishReason.Length ? TrajectoryEnd.TokenLimit
            : TrajectoryEnd.Answered);
    }

    private static async ValueTask<Generation> AskAsync(IGenerator generator, GenerationRequest asked, OpenAttempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await generator.GenerateAsync(asked, attempt, cancellationToken)
                ?? throw new InvalidOperationException("Whoever writes the steps returned null.");
            attempt.Answered(answer);
            attempt.Judged(Verdict.Keep(StepReasons.Accepted, answer.Confidence));
            return answer;
        }
        catch (Exception e)
        {
            attempt.Failed(e);
            throw;
        }
    }

    private ReasoningStep StepOf(Generation answer, Attempt attempt)
    {
        var author = attempt.Answerer;
        return new ReasoningStep(WrittenContent.Of(answer.Response.Messages), answer.Author ?? author?.Name ?? attempt.Name)
        {
            // The expert's seat may be taken by a tier.
            IsByExpert = answer.Author is null && author?.Role == AttemptRole.Expert,
            Check = answer.Check,
            Hint = answer.Hint,
            Rejected = [.. attempt.Children.Where(child => IsSuspect(child, author)).Select(child => Rejected(child.Name, child.Generation!))],
            Spent = attempt.Total(),
            AcceptedAfter = _limits.Elapsed,
        };
    }

    private static ReasoningStep Rejected(string author, Generation answer) => new(WrittenContent.Of(answer.Response.Messages), author) { Check = answer.Check };

    private static bool IsSuspect(Attempt child, Attempt? author) =>
        child is { Role: AttemptRole.Tier, Verdict.IsDeferral: true, Generation: not null } && !ReferenceEquals(child.Generation, author?.Generation);

    private void Accept(ReasoningStep step)
    {
        _trajectory = _trajectory with { Steps = _trajectory.Steps.Add(step) };
        _limits.Count(step);
        _loops.Add(step.Text);
    }

    private void EndWith(TrajectoryEnd end) => _trajectory = _trajectory with { End = end };

    private ValueTask ShowAsync(string text, CancellationToken cancellationToken)
    {
        var separator = _trajectory.Steps.Length > 1 && text.Length > 0 ? options.Boundary.Separator : "";
        List<AIContent> contents = [.. TextContents(separator + text, text.Length > 0), .. _calls];
        return AddAsync(new ChatResponseUpdate(ChatRole.Assistant, contents), cancellationToken);
    }

    private async ValueTask AddAsync(ChatResponseUpdate update, CancellationToken cancellationToken)
    {
        _updates.Add(update);

        // A consumer that keeps the answer waiting uses none of its time.
        using (_limits.Pause())
        {
            await context.EmitAsync(update, cancellationToken);
        }
    }

    // Reasoning and the like go with the calls; the text is the step's.
    private static List<AIContent> CallsIn(Generation answer)
    {
        List<AIContent> contents = [.. answer.Response.Messages.SelectMany(message => message.Contents).Where(content => content is not (TextContent or UsageContent))];
        return contents.Exists(content => content is FunctionCallContent) ? contents : [];
    }

    // What checks and exports show as the task is all that the models are told.
    private static IReadOnlyList<ChatMessage> TaskOf(GenerationRequest request) => request.Options?.Instructions is { Length: > 0 } instructions
        ? [new ChatMessage(ChatRole.System, instructions), .. request.Messages]
        : request.Messages;

    private static IEnumerable<AIContent> TextContents(string text, bool isThere) => isThere ? [new TextContent(text)] : [];

    private Generation Answer()
    {
        var steps = _trajectory.Steps;
        var text = string.Concat(_updates.Select(update => update.Text));
        List<AIContent> contents = [.. TextContents(text, text.Length > 0), .. _calls];
        var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, contents))
        {
            FinishReason = _trajectory.End switch
            {
                TrajectoryEnd.Answered => ChatFinishReason.Stop,
                TrajectoryEnd.CallsTools => ChatFinishReason.ToolCalls,
                TrajectoryEnd.Filtered => ChatFinishReason.ContentFilter,
                _ => ChatFinishReason.Length,
            },
        };
        return new Generation(response)
        {
            Updates = _updates,
            Trajectory = _trajectory,
            IsAuthoritative = steps.All(step => step.IsByExpert),
            IsAbstained = _isAbstained,
        };
    }
}
