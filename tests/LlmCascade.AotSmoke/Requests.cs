using System.Text.Json.Serialization;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using static LlmCascade.AotSmoke.Checks;

namespace LlmCascade.AotSmoke;

/// <summary>What single requests ask for, and what the host is told about them.</summary>
internal static class Requests
{
    public static async Task CheckAsync(Checks checks)
    {
        await checks.RunAsync("a request may force the expert and name its scope", async () =>
        {
            List<Episode> episodes = [];
            await UseAsync("Paris", episodes.Add, async client =>
            {
                var options = new ChatOptions { Temperature = 0 };
                var response = await client.GetResponseAsync(
                    Application.Easy, options.WithCascade(request => request.Scope("tenant").Key("order-17").NoLearning().ForceExpert()));
                Equal("expert", response.GetCascadeTrace()?.AnsweredBy);
                Equal(null, options.AdditionalProperties);
            });
            Equal((1, "tenant"), (episodes.Count, episodes[0].Scope));
        });
        await checks.RunAsync("an answer that fits the schema is kept and read", () => UseAsync("""{"name":"Paris","inhabitants":2}""", null, async client =>
        {
            var response = await client.GetResponseAsync<City>("Which city?", CityJson.Default.Options);
            Equal(("small", new City("Paris", 2)), (response.GetCascadeTrace()?.AnsweredBy, response.Result));
        }));
        await checks.RunAsync("an answer that does not fit the schema is deferred", () => UseAsync("""{"name":7}""", null, async client =>
        {
            var response = await client.GetResponseAsync<City>("Which city?", CityJson.Default.Options);
            Equal(("expert", "schema-mismatch"), (response.GetCascadeTrace()?.AnsweredBy, response.GetCascadeTrace()?.Attempts[0].Reason));
        }));
        await checks.RunAsync("a tier that throws defers, and an expert that throws lists every attempt", () => Application.UseAsync(
            "{}",
            services => services.AddLlmCascade("broken", cascade => cascade
                .AddTier("small", tier => tier.UseChatClient(Broken("small")).KeepWhenValid())
                .Expert(expert => expert.UseChatClient(Broken("large")))),
            async services =>
            {
                try
                {
                    await services.GetRequiredKeyedService<IChatClient>("broken").GetResponseAsync(Application.Easy);
                    throw new InvalidOperationException("expected an exception");
                }
                catch (CascadeException e)
                {
                    Equal("small, expert", string.Join(", ", e.Attempts.Select(attempt => attempt.Name)));
                }
            }));
    }

    private static ScriptedChatClient Broken(string name) => new(ScriptedReply.Throws(new HttpRequestException(name)));

    private static Task UseAsync(string reply, Action<Episode>? observe, Func<IChatClient, Task> use) => Application.UseAsync(
        "{}",
        services => services.AddLlmCascade(cascade => cascade
            .AddTier("small", tier => tier.UseChatClient(new ScriptedChatClient(reply)).KeepWhenValid())
            .Expert(expert => expert.UseChatClient(new ScriptedChatClient("""{"name":"Lyon","inhabitants":1}""")))
            .OnEpisode(observe ?? (_ => { }))),
        services => use(services.GetRequiredService<IChatClient>()));
}

internal sealed record City(string Name, int Inhabitants);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(City))]
internal sealed partial class CityJson : JsonSerializerContext;
