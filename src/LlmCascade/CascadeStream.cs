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
        var run = RunToEndAsync(cascade, request, options, key, stream, stop.Token);
        try
        {
            while (await stream.Reader.WaitToReadAsync(CancellationToken.None))
            {
                while (stream.Reader.TryRead(out var update))
                {
                    yield return update;
                }
            }

            var result = await run;
            if (!stream.HasEmitted)
            {
                foreach (var update in result.Generation.Updates ?? result.Generation.Response.ToChatResponseUpdates())
                {
                    if (stream.Prepare(update) is { } shown)
                    {
                        yield return shown;
                    }
                }
            }

            yield return summary.Close(result, stream);
        }
        finally
        {
            if (!run.IsCompleted)
            {
                await stop.CancelAsync();
            }

            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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
