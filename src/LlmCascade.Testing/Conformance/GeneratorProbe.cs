using Microsoft.Extensions.AI;

namespace LlmCascade.Testing.Conformance;

/// <summary>Stands before a generator and keeps what it itself returned or threw.</summary>
internal sealed class GeneratorProbe(IGenerator generator) : IGenerator
{
    private volatile Task<Generation>? _call;

    /// <summary>Gets whether the generator was called and has returned its task.</summary>
    public bool IsCalled => _call is not null;

    /// <summary>Gets the answer; <see langword="null"/> when there is none.</summary>
    public Generation? Generation => _call is { IsCompletedSuccessfully: true } call ? call.Result : null;

    /// <summary>Gets what the generator threw; <see langword="null"/> when it threw nothing or is still running.</summary>
    public Exception? Failure => _call switch
    {
        { IsFaulted: true } call => call.Exception.InnerException,
        { IsCanceled: true } => new OperationCanceledException(),
        _ => null,
    };

    public async ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        var call = CallAsync(request, context, cancellationToken);
        _call = call;
        var answer = await call;

        // A cascade records the usage of an answer for a generator that recorded nothing; here that would hide it.
        return answer?.Response is { Usage: not null } response
            ? answer with { Response = new ChatResponse(response.Messages) { FinishReason = response.FinishReason } }
            : answer!;
    }

    // What is thrown at once becomes a task as well.
    private async Task<Generation> CallAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken) =>
        await generator.GenerateAsync(request, context, cancellationToken);
}
