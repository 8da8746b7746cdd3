namespace LlmCascade.Steps;

/// <summary>Asks the expert for a hint at a suspect step, and lets the one who wrote it write it anew. Where no hint comes, the expert writes the step.</summary>
/// <param name="expert">Who gives the hint.</param>
/// <param name="expertName">The expert's name.</param>
/// <param name="expertPrices">What the hint costs.</param>
/// <param name="local">Who writes the step: a <see cref="LocalWriter"/>.</param>
/// <param name="localPrices">What writing it costs.</param>
/// <param name="prompt">How the hint is asked for.</param>
internal sealed class HintedGenerator(
    IGenerator expert, string expertName, Prices? expertPrices, LocalWriter local, Prices? localPrices, StepPrompt prompt) : IGenerator
{
    private const int MostTokens = 48;

    public async ValueTask<Generation> GenerateAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        if (request.Trajectory is not { } trajectory)
        {
            return await expert.GenerateAsync(request, context, cancellationToken);
        }

        var suspects = StepWriter.SuspectsIn(context);
        string hint;
        using (var attempt = context.Begin(expertName, AttemptRole.Expert, expertPrices))
        {
            hint = (await AskAsync(expert, prompt.ForHint(request, trajectory, suspects, MostTokens), attempt, cancellationToken)).Response.Text.ReplaceLineEndings(" ").Trim();
        }

        if (hint.Length == 0)
        {
            return await expert.GenerateAsync(request, context, cancellationToken);
        }

        using var redo = context.Begin(local.Name, AttemptRole.Member, localPrices);
        var hinted = request with { Trajectory = trajectory with { Suspects = [.. suspects], Hint = hint } };
        return await AskAsync(local, hinted, redo, cancellationToken) with { Hint = hint };
    }

    private static async ValueTask<Generation> AskAsync(IGenerator generator, GenerationRequest request, OpenAttempt attempt, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await generator.GenerateAsync(request, attempt, cancellationToken);
            attempt.Answered(answer);
            return answer;
        }
        catch (Exception e)
        {
            attempt.Failed(e);
            throw;
        }
    }
}
