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
    private Trajectory _trajectory = new(request.Messages, []);
    private ChatMessage? _call;
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
        || (options.Mode is StepMode.Switching or StepMode.Hint && options.MaxConsecutiveExpertSteps is { } most && HelpedInARow >= most));

    private int HelpedInARow => _trajectory.Steps.Reverse().TakeWhile(step => step.IsByExpert || step.Hint is not null).Count();

    private async Task TakeStepAsync(CancellationToken stepToken, CancellationToken cancellationToken)
    {
        using var attempt = context.Begin("step", AttemptRole.Step);

        // What is accepted is shown from here, with what stands between steps.
        attempt.IsHeldBack = true;
        var answer = await AskAsync(cascade, request with { Trajectory = _trajectory }, attempt, stepToken);
        _isAbstained |= answer.IsAbstained;
        var step = StepOf(answer, attempt.ToAttempt());
        if (CallIn(answer) is { } call)
        {
            _call = call;
            Accept(step);
            EndWith(TrajectoryEnd.CallsTools);
            await ShowAsync(answer.Response.Text.Trim(), call, cancellationToken);
            return;
        }

        var isFinal = (options.IsFinal ?? FinalAnswer.IsIn)(step.Text) || answer.IsLastStep;
        Accept(step);
        if (!isFinal && options.Observe is not null && await options.Observe(_trajectory, stepToken) is { } observation)
        {
            _trajectory = _trajectory with { Steps = _trajectory.Steps.SetItem(_trajectory.Steps.Length - 1, step with { Observation = observation }) };
        }

        await ShowAsync(StepPrompt.TextOf(_trajectory.Steps[^1]), call: null, cancellationToken);
        EndWith(isFinal ? TrajectoryEnd.Answered
            : _loops.HasLoop && finisher is null ? TrajectoryEnd.Loop
            : _limits.EndAfter(_trajectory));
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

        _call = CallIn(answer);
        _trajectory = _trajectory with { HandedOverAt = before };
        EndWith(_call is not null ? TrajectoryEnd.CallsTools
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
            Rejected = [.. attempt.Children.Where(child => IsSuspect(child, author)).Select(child => new ReasoningStep(WrittenContent.Of(child.Generation!.Response.Messages), child.Name) { Check = child.Generation.Check })],
            Spent = attempt.Total(),
            AcceptedAfter = _limits.Elapsed,
        };
    }

    private static bool IsSuspect(Attempt child, Attempt? author) =>
        child is { Role: AttemptRole.Tier, Verdict.IsDeferral: true, Generation: not null } && !ReferenceEquals(child.Generation, author?.Generation);

    private void Accept(ReasoningStep step)
    {
        _trajectory = _trajectory with { Steps = _trajectory.Steps.Add(step) };
        _limits.Count(step);
        _loops.Add(step.Text);
    }

    private void EndWith(TrajectoryEnd end) => _trajectory = _trajectory with { End = end };

    private ValueTask ShowAsync(string text, ChatMessage? call, CancellationToken cancellationToken)
    {
        var separator = _trajectory.Steps.Length > 1 && text.Length > 0 ? options.Boundary.Separator : "";
        List<AIContent> contents = [.. text.Length > 0 ? [new TextContent(separator + text)] : (AIContent[])[], .. call?.Contents.Where(content => content is not TextContent) ?? []];
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

    private static ChatMessage? CallIn(Generation answer) =>
        answer.Response.Messages.FirstOrDefault(message => message.Contents.Any(content => content is FunctionCallContent));

    private Generation Answer()
    {
        var steps = _trajectory.Steps;

        // A call of tools is no text, and what is said beside it is the message's own.
        var said = _call is null || _trajectory.HandedOverAt is not null ? steps : [.. steps.SkipLast(1), .. _call.Text.Trim() is { Length: > 0 } beside ? [steps[^1] with { Text = beside }] : (ReasoningStep[])[]];
        var text = prompt.Join(said);
        List<AIContent> contents = [.. text.Length > 0 ? [new TextContent(text)] : (AIContent[])[], .. _call?.Contents.Where(content => content is not TextContent) ?? []];
        var response = new ChatResponse(new ChatMessage(ChatRole.Assistant, contents))
        {
            FinishReason = _trajectory.End switch
            {
                TrajectoryEnd.Answered => ChatFinishReason.Stop,
                TrajectoryEnd.CallsTools => ChatFinishReason.ToolCalls,
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
