using Microsoft.Extensions.AI;

namespace LlmCascade.Testing;

/// <summary>A generator that says what a script says, with the confidence that the script gives.</summary>
/// <remarks>Thread-safe. It asks whether it may go on after each chunk, as a generator with token confidence does.</remarks>
public sealed class ScriptedGenerator : IGenerator
{
    private readonly Func<GenerationRequest, ScriptedReply> _script;
    private readonly TimeProvider _time;
    private int _calls;

    /// <summary>Initializes a generator that always says the same.</summary>
    /// <param name="reply">The reply.</param>
    public ScriptedGenerator(ScriptedReply reply)
        : this(_ => reply) => ArgumentNullException.ThrowIfNull(reply);

    /// <summary>Initializes a generator whose replies a function finds.</summary>
    /// <param name="script">Finds the reply to a request, thread-safe; what it throws, the generator throws.</param>
    /// <param name="timeProvider">The clock; the system's by default.</param>
    public ScriptedGenerator(Func<GenerationRequest, ScriptedReply> script, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(script);
        _script = script;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Gets the number of calls so far.</summary>
    public int CallCount => Volatile.Read(ref _calls);

    /// <inheritdoc/>
    public async ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        Interlocked.Increment(ref _calls);
        var reply = _script(request);
        var reachable = new ConfidenceRange(0, reply.ReachableConfidence);
        List<ChatResponseUpdate> said = [];
        var isComplete = true;
        try
        {
            foreach (var update in reply.ToUpdates())
            {
                await reply.WaitAsync(_time, cancellationToken);
                said.Add(update);
                await context.EmitAsync(update, cancellationToken);
                if (!context.CanContinue(reachable))
                {
                    isComplete = false;
                    break;
                }
            }

            if (reply.Failure is not null)
            {
                await reply.WaitAsync(_time, cancellationToken);
                throw reply.Failure;
            }
        }
        catch
        {
            isComplete = false;
            throw;
        }
        finally
        {
            context.Paid(reply.Usage, isPartial: !isComplete);
        }

        return new Generation(said.ToChatResponse())
        {
            Updates = said,
            Tokens = reply.Tokens is null ? null : ScriptedTokens.Read(said),
            Confidence = reply.Confidence,
        };
    }
}
