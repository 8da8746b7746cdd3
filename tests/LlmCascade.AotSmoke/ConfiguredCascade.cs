using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using static LlmCascade.AotSmoke.Checks;

namespace LlmCascade.AotSmoke;

/// <summary>A cascade that only a configuration section describes, with registered clients.</summary>
internal static class ConfiguredCascade
{
    public static async Task CheckAsync(Checks checks)
    {
        await checks.RunAsync("every value of the section is bound", () => UseAsync(client =>
        {
            var cascade = ((CascadeChatClient)client.GetService(typeof(CascadeChatClient))!).Cascade;
            Equal(TimeSpan.FromMinutes(1), cascade.Settings.Timeout);
            Equal((7, 42ul), (cascade.Settings.RestAfterFailures, cascade.Settings.Seed));
            Equal((TimeSpan.FromSeconds(45), new Prices(2.5m, 10m)), (cascade.Expert.Timeout, cascade.Expert.Prices));
            Equal("small", string.Join(", ", cascade.Tiers.Select(tier => tier.Name)));
            Equal((TimeSpan.FromSeconds(5), new Prices(0.1m, 0.4m)), (cascade.Tiers[0].Timeout, cascade.Tiers[0].Prices));
            return Task.CompletedTask;
        }));
        await checks.RunAsync("a valid answer of the tier is kept", () => UseAsync(async client =>
        {
            var response = await client.GetResponseAsync(Application.Easy);
            IsKept(response);
        }));
        await checks.RunAsync("a valid answer of the tier is kept, streamed", () => UseAsync(async client =>
        {
            var updates = await ReadAsync(client.GetStreamingResponseAsync(Application.Easy));
            Equal("Par|is", string.Join('|', updates.Select(update => update.Text).Where(text => text.Length > 0)));
            IsKept(updates.ToChatResponse());
        }));
        await checks.RunAsync("the expert answers what the tier gives up on", () => UseAsync(async client =>
        {
            var response = await client.GetResponseAsync(Application.Hard);
            IsDeferred(response);
        }));
        await checks.RunAsync("the expert answers what the tier gives up on, streamed", () => UseAsync(async client =>
        {
            var updates = await ReadAsync(client.GetStreamingResponseAsync(Application.Hard));
            Equal(1, updates.Count(update => update.GetCascadeTrace() is not null));
            IsDeferred(updates.ToChatResponse());
        }));
    }

    private static void IsKept(ChatResponse response)
    {
        Equal("Paris", response.Text);
        Equal((1000L, 100L), (response.Usage?.InputTokenCount, response.Usage?.OutputTokenCount));
        var trace = response.GetCascadeTrace();
        Equal(("small", 0.00014m, 1), (trace?.AnsweredBy, trace?.Cost, trace?.Attempts.Count));
        Equal((Decision.Keep, "valid", AttemptRole.Tier), (trace?.Attempts[0].Decision, trace?.Attempts[0].Reason, trace?.Attempts[0].Role));
    }

    private static void IsDeferred(ChatResponse response)
    {
        Equal("Lyon", response.Text);
        Equal((3000L, 300L), (response.Usage?.InputTokenCount, response.Usage?.OutputTokenCount));
        Equal(1000L, response.Usage?.AdditionalCounts?["small.input_tokens"]);
        var trace = response.GetCascadeTrace();
        Equal(("expert", 0.00714m, 2), (trace?.AnsweredBy, trace?.Cost, trace?.Attempts.Count));
        Equal((Decision.Defer, "truncated"), (trace?.Attempts[0].Decision, trace?.Attempts[0].Reason));
        Equal((Decision.Keep, AttemptRole.Expert), (trace?.Attempts[1].Decision, trace?.Attempts[1].Role));
    }

    private static async Task<List<ChatResponseUpdate>> ReadAsync(IAsyncEnumerable<ChatResponseUpdate> stream)
    {
        List<ChatResponseUpdate> updates = [];
        await foreach (var update in stream)
        {
            updates.Add(update);
        }

        return updates;
    }

    private static Task UseAsync(Func<IChatClient, Task> use) => Application.UseAsync(
        Application.Section,
        services => services.AddLlmCascade(),
        services => use(services.GetRequiredService<IChatClient>()));
}
