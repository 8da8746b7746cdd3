using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

namespace LlmCascade.Testing;

/// <summary>Runs a generator without a cascade around it.</summary>
public static class GeneratorExtensions
{
    /// <summary>Runs a generator alone, as the expert of a cascade that has no tiers.</summary>
    /// <param name="generator">The generator.</param>
    /// <param name="request">The request, which the generator gets as it is.</param>
    /// <param name="isStreaming">Whether the caller streams, so that what the generator emits is shown at once.</param>
    /// <param name="prices">What a call costs; <see langword="null"/> when that is unknown.</param>
    /// <param name="settings">Clock, limits and seed; the defaults when <see langword="null"/>.</param>
    /// <param name="options">What the request asks of a cascade, such as its scope and its key; nothing when <see langword="null"/>.</param>
    /// <param name="cancellationToken">Cancels the call. The generator is called even where it is cancelled from the start.</param>
    /// <returns>What happened. A failure or a cancellation is told there, not thrown.</returns>
    public static async Task<GeneratorRun> RunAloneAsync(
        this IGenerator generator,
        GenerationRequest request,
        bool isStreaming = false,
        Prices? prices = null,
        CascadeSettings? settings = null,
        CascadeRequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(request);
        var recorder = new EpisodeRecorder();
        var stop = new CancellationTokenSource();
        settings ??= new CascadeSettings();
        var cascade = new Cascade(
            [],
            new Expert(new Substitute(generator, request, stop, cancellationToken), "generator") { Prices = prices },
            settings with { OnEpisode = settings.OnEpisode + recorder.Record });
        List<ChatResponseUpdate> shown = [];
        try
        {
            if (isStreaming)
            {
                await foreach (var update in new CascadeChatClient(cascade).GetStreamingResponseAsync(
                    request.Messages, OptionsFor(options), stop.Token))
                {
                    shown.Add(update);
                }

                shown.RemoveAt(shown.Count - 1);
            }
            else
            {
                await cascade.RunAsync(request, options, stop.Token);
            }
        }
        catch (Exception) when (recorder.Episodes.Count > 0)
        {
            // The attempt tells what happened.
        }

        return new GeneratorRun(recorder.Only.Root.Children[0], shown);
    }

    private static ChatOptions? OptionsFor(CascadeRequestOptions? options) => options is null ? null
        : new ChatOptions().WithCascade(request =>
        {
            _ = options.Scope is null ? request : request.Scope(options.Scope);
            _ = options.Key is null ? request : request.Key(options.Key);
            _ = options.NoLearning ? request.NoLearning() : request;
            _ = options.ForceExpert ? request.ForceExpert() : request;
        });

    // The face of a cascade copies messages and options and knows no labels; the generator gets the request itself.
    private sealed class Substitute(
        IGenerator generator, GenerationRequest request, CancellationTokenSource stop, CancellationToken callerToken) : IGenerator
    {
        public async ValueTask<Generation> GenerateAsync(
            GenerationRequest outer, AttemptContext context, CancellationToken cancellationToken)
        {
            // Not earlier, or a cascade that is cancelled from the start would not ask anybody.
            using var registration = callerToken.Register(stop.Cancel);
            return await generator.GenerateAsync(request, context, cancellationToken);
        }
    }
}
