using LlmCascade;
using Microsoft.Extensions.AI;

namespace Documentation;

/// <summary>The code of docs/streaming.md.</summary>
internal static class Streaming
{
    // snippet: stream
    public static async Task StreamAsync(IChatClient client, string question, CancellationToken cancellationToken)
    {
        await foreach (var update in client.GetStreamingResponseAsync(question, cancellationToken: cancellationToken))
        {
            Console.Write(update.Text);
            if (update.GetCascadeTrace() is { } trace)   // on the closing update only
            {
                Console.WriteLine($"({trace.AnsweredBy})");
            }
        }
    }
    // end-snippet
}
