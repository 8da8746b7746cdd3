using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using static LlmCascade.AotSmoke.Checks;

namespace LlmCascade.AotSmoke;

/// <summary>Middleware of Microsoft.Extensions.AI around the cascade.</summary>
internal static class Middleware
{
    public static async Task CheckAsync(Checks checks)
    {
        await checks.RunAsync("a trace survives a cache as JSON", () => UseCacheAsync(
            client => client.GetResponseAsync(Application.Hard)));
        await checks.RunAsync("a trace survives a cache as JSON, streamed", () => UseCacheAsync(
            client => client.GetStreamingResponseAsync(Application.Hard).ToChatResponseAsync()));
        await checks.RunAsync("a tool outside the cascade runs once, and each iteration has its trace", async () =>
        {
            var invocations = 0;
            var tool = AIFunctionFactory.Create((string city) => $"{city}: sunny, {++invocations}", "weather");
            var small = new ScriptedChatClient(
                ScriptedReply.Calls("weather", new Dictionary<string, object?> { ["city"] = "Paris" }),
                new ScriptedReply("Sun") { FinishReason = ChatFinishReason.Length });
            await Application.UseAsync(
                "{}",
                services => services
                    .AddLlmCascade(cascade => cascade.AddTier("small", tier => tier.UseChatClient(small).KeepWhenValid()))
                    .UseFunctionInvocation(),
                async services =>
                {
                    var response = await services.GetRequiredService<IChatClient>().GetResponseAsync(
                        "How is the weather?", new ChatOptions { Tools = [tool] });
                    Equal("small, expert", string.Join(", ", response.GetCascadeTraces().Select(trace => trace.AnsweredBy)));
                    var result = small.Calls[1].Messages[^1].Contents.OfType<FunctionResultContent>().Single().Result;
                    Equal("Paris: sunny, 1", result?.ToString());
                });
        });
        await checks.RunAsync("arguments that do not fit the tool's schema are deferred", () => Application.UseAsync(
            "{}",
            services => services.AddLlmCascade(cascade => cascade.AddTier("small", tier => tier
                .UseChatClient(new ScriptedChatClient(ScriptedReply.Calls("weather", new Dictionary<string, object?> { ["city"] = 7 })))
                .KeepWhenValid())),
            async services =>
            {
                var tool = AIFunctionFactory.Create((string city) => city, "weather");
                var response = await services.GetRequiredService<IChatClient>().GetResponseAsync(
                    "How is the weather?", new ChatOptions { Tools = [tool] });
                Equal(("expert", "invalid-tool-arguments"), (response.GetCascadeTrace()?.AnsweredBy, response.GetCascadeTrace()?.Attempts[0].Reason));
            }));
    }

    private static Task UseCacheAsync(Func<IChatClient, Task<ChatResponse>> askAsync)
    {
        var episodes = 0;
        return Application.UseAsync(
            Application.Section,
            services =>
            {
                services.AddDistributedMemoryCache();
                services.AddLlmCascade(cascade => cascade.OnEpisode(_ => episodes++)).UseDistributedCache();
            },
            async services =>
            {
                var client = services.GetRequiredService<IChatClient>();
                var (first, cached) = (await askAsync(client), await askAsync(client));
                Equal(1, episodes);
                Equal("Lyon", cached.Text);
                var (original, restored) = (first.GetCascadeTrace(), cached.GetCascadeTrace());
                Equal((original?.EpisodeId, "expert", 0.00714m), (restored?.EpisodeId, restored?.AnsweredBy, restored?.Cost));
                Equal(string.Join(", ", original?.Attempts ?? []), string.Join(", ", restored?.Attempts ?? []));
                Equal((3000L, 1000L), (cached.Usage?.InputTokenCount, cached.Usage?.AdditionalCounts?["small.input_tokens"]));
            });
    }
}
