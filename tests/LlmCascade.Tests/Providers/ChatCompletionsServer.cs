using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LlmCascade.Tests.Providers;

/// <summary>One token as the server sends it, with what stands beside it among the most probable ones.</summary>
internal sealed record WireToken(string Text, double LogProbability, params (string Text, double LogProbability)[] Top);

/// <summary>A web server on this machine that speaks the wire format of OpenAI's chat completions, server-sent events included.</summary>
public sealed class ChatCompletionsServer : IAsyncLifetime
{
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _app;

    internal IReadOnlyList<WireToken> Tokens { get; set; } = [];

    /// <summary>Gets or sets after how many tokens a stream waits until its client is gone.</summary>
    internal int? StandStillAfter { get; set; }

    internal ConcurrentQueue<JsonElement> Requests { get; } = new();

    /// <summary>Gets a task that completes when a client has left a stream.</summary>
    internal Task ClientLeft => _aborted.Task;

    internal Uri Endpoint => new(
        _app!.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/v1");

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.MapPost("/v1/chat/completions", AnswerAsync);
        await _app.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _app!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var document = await JsonDocument.ParseAsync(context.Request.Body);
        var request = document.RootElement.Clone();
        Requests.Enqueue(request);
        if (request.TryGetProperty("stream", out var stream) && stream.GetBoolean())
        {
            await StreamAsync(context, request);
        }
        else
        {
            var choice = new JsonObject
            {
                ["index"] = 0,
                ["finish_reason"] = "stop",
                ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = string.Concat(Tokens.Select(token => token.Text)) },
                ["logprobs"] = LogProbabilities(request, Tokens),
            };
            await context.Response.WriteAsJsonAsync(Envelope("chat.completion", choice, withUsage: true));
        }
    }

    private async Task StreamAsync(HttpContext context, JsonElement request)
    {
        context.Response.ContentType = "text/event-stream";
        for (var i = 0; i < Tokens.Count; i++)
        {
            if (i == StandStillAfter)
            {
                var left = context.RequestAborted;
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, left).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _aborted.TrySetResult();
                return;
            }

            await SendAsync(context, Envelope("chat.completion.chunk", new JsonObject
            {
                ["index"] = 0,
                ["delta"] = new JsonObject { ["role"] = "assistant", ["content"] = Tokens[i].Text },
                ["logprobs"] = LogProbabilities(request, [Tokens[i]]),
            }, withUsage: false));
        }

        await SendAsync(context, Envelope("chat.completion.chunk", new JsonObject
        {
            ["index"] = 0,
            ["delta"] = new JsonObject(),
            ["finish_reason"] = "stop",
        }, withUsage: true));
        await context.Response.WriteAsync("data: [DONE]\n\n");
    }

    private static async Task SendAsync(HttpContext context, JsonObject chunk)
    {
        await context.Response.WriteAsync($"data: {chunk.ToJsonString()}\n\n");
        await context.Response.Body.FlushAsync();
    }

    private JsonObject Envelope(string kind, JsonObject choice, bool withUsage)
    {
        var envelope = new JsonObject
        {
            ["id"] = "chatcmpl-1",
            ["object"] = kind,
            ["created"] = 1_700_000_000,
            ["model"] = "tiny",
            ["choices"] = new JsonArray(choice),
        };
        if (withUsage)
        {
            envelope["usage"] = new JsonObject
            {
                ["prompt_tokens"] = 7,
                ["completion_tokens"] = Tokens.Count,
                ["total_tokens"] = 7 + Tokens.Count,
            };
        }

        return envelope;
    }

    // Like the real one: only when asked, and as many alternatives as asked.
    private static JsonObject? LogProbabilities(JsonElement request, IEnumerable<WireToken> tokens)
    {
        if (!request.TryGetProperty("logprobs", out var asked) || !asked.GetBoolean())
        {
            return null;
        }

        var count = request.TryGetProperty("top_logprobs", out var top) ? top.GetInt32() : 0;
        return new JsonObject
        {
            ["content"] = new JsonArray([.. tokens.Select(token => new JsonObject
            {
                ["token"] = token.Text,
                ["logprob"] = token.LogProbability,
                ["bytes"] = null,
                ["top_logprobs"] = new JsonArray([.. token.Top.Take(count).Select(each => new JsonObject
                {
                    ["token"] = each.Text,
                    ["logprob"] = each.LogProbability,
                    ["bytes"] = null,
                })]),
            })]),
        };
    }
}
