namespace LlmCascade.Steps.Exams;

/// <summary>Who writes in an exam: the local agent, or the cloud's.</summary>
internal sealed record ExamWriter(string Name, AttemptRole Role, IGenerator Generator, Prices? Prices)
{
    /// <summary>Asks for what a request asks for, in an attempt of its own.</summary>
    /// <returns>The answer, and what it has cost.</returns>
    public async ValueTask<(Generation Answer, AttemptTotals Spent)> AskAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
    {
        using var attempt = context.Begin(Name, Role, Prices);
        try
        {
            var answer = await Generator.GenerateAsync(request, attempt, cancellationToken) ?? throw new InvalidOperationException($"'{Name}' returned null.");
            attempt.Answered(answer);
            return (answer, attempt.ToAttempt().Total());
        }
        catch (Exception e)
        {
            attempt.Failed(e);
            throw;
        }
    }
}
