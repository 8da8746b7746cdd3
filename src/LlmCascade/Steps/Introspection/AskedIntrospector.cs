using LlmCascade.Calibration;
using Microsoft.Extensions.AI;

namespace LlmCascade.Steps.Introspection;

/// <summary>How probable a model's yes is to whether the step is wrong.</summary>
internal sealed class AskedIntrospector(IGenerator model, CheckPrompt prompt, Prices? prices) : IStepIntrospector
{
    private const string Name = "check";

    public IGenerator Model => model;

    public string Id { get; } = ComposedId.Of("asked-v1", prompt.Id, (model as IKnownSource)?.Model ?? "unknown");

    public bool CanClear => true;

    public async ValueTask<StepCheck> CheckAsync(
        GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(step);
        cancellationToken.ThrowIfCancellationRequested();
        if (context is null)
        {
            return new StepCheck(Id) { Reason = StepReasons.NotAsked };
        }

        var question = new GenerationRequest(prompt.Render(request, step), OptionsFor(request.Options));
        using var attempt = context.Begin(Name, AttemptRole.Judge, prices);
        var check = await AskAsync(question, attempt, cancellationToken).ConfigureAwait(false);
        attempt.Judged(Verdict.NoOpinion with { Reason = check.Reason ?? StepReasons.Checked });
        return check;
    }

    // A check that fails must not cost the step, which may be right.
    private async ValueTask<StepCheck> AskAsync(GenerationRequest question, OpenAttempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await attempt.WaitAsync(model.GenerateAsync(question, attempt, cancellationToken), cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException("The generator of the check returned null.");
            attempt.Answered(answer);
            if (answer.Tokens is not [var first, ..])
            {
                return new StepCheck(Id) { Reason = StepReasons.NoProbabilities };
            }

            var probability = CheckAnswer.ProbabilityOf(prompt, first);
            return new StepCheck(Id) { ErrorProbability = probability, Reason = probability is null ? StepReasons.CheckUnparsed : null };
        }
        catch (Exception e)
        {
            attempt.Failed(e);
            cancellationToken.ThrowIfCancellationRequested();
            return new StepCheck(Id) { Reason = StepReasons.CheckFailed };
        }
    }

    private static ChatOptions OptionsFor(ChatOptions? asked)
    {
        var options = asked?.Clone() ?? new ChatOptions();
        options.Temperature = 0;
        options.MaxOutputTokens = 1;
        options.Tools = null;
        options.ToolMode = null;
        options.AllowMultipleToolCalls = null;
        options.ResponseFormat = null;
        options.StopSequences = null;

        // The prompt quotes them with the task, as the model was trained to see them.
        options.Instructions = null;

        // The prompt holds the whole conversation, and the provider's own must not go on with the check.
        options.ConversationId = null;
        return options;
    }
}
