using System.Runtime.CompilerServices;
using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>Runs the loop for a caller that pulls updates.</summary>
internal static class CascadeStream
{
    public static async IAsyncEnumerable<ChatResponseUpdate> RunAsync(
        Cascade cascade,
        ResponseSummary summary,
        GenerationRequest request,
        CascadeRequestOptions options,
        string key,
        CancellationToken callerToken,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Whatever ends this enumeration, also a consumer that stops early, ends the work behind it.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(callerToken, cancellationToken);
        var stream = new LiveStream();

        // Off the consumer's thread, or a model that works synchronously would fill the stream before the first look at it.
        var run = Task.Run(() => RunToEndAsync(cascade, request, options, key, stream, stop.Token), CancellationToken.None);
        try
        {
            while (await stream.Reader.WaitToReadAsync(CancellationToken.None))
            {
                while (stream.Reader.TryRead(out var update))
                {
                    yield return update;
                }
            }

            yield return summary.Close(await ResultOf(run, callerToken, cancellationToken), stream);
        }
        finally
        {
            if (!run.IsCompleted)
            {
                // What a client's cancellation callback throws is that client's affair.
                await stop.CancelAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The caller knows its own tokens, not the one that they were linked to.
    private static async Task<CascadeResult> ResultOf(
        Task<CascadeResult> run, CancellationToken callerToken, CancellationToken enumeratorToken)
    {
        try
        {
            return await run;
        }
        catch (OperationCanceledException e)
        {
            var token = callerToken.IsCancellationRequested ? callerToken : enumeratorToken;
            throw new OperationCanceledException(e.Message, e, token);
        }
    }

    private static async Task<CascadeResult> RunToEndAsync(
        Cascade cascade,
        GenerationRequest request,
        CascadeRequestOptions options,
        string key,
        LiveStream stream,
        CancellationToken cancellationToken)
    {
        try
        {
            return await cascade.RunAsync(request, options, key, stream, cancellationToken);
        }
        finally
        {
            stream.Complete();
        }
    }
}
