using System.Text;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LlmCascade.AotSmoke;

/// <summary>A host with a cheap client under a key and an unkeyed one, which becomes the expert.</summary>
internal static class Application
{
    // What the small model gives up on is cut at the token limit, which every tier defers.
    public const string Easy = "easy";
    public const string Hard = "hard";

    public const string Section = """
        {
          "LlmCascade": {
            "Timeout": "00:01:00",
            "RestAfterFailures": 7,
            "Seed": 42,
            "Expert": { "Timeout": "00:00:45", "Model": "large-1", "Prices": { "InputPerMillion": 2.5, "OutputPerMillion": 10 } },
            "Tiers": {
              "small": {
                "Client": "small-client", "KeepWhenValid": true, "Timeout": "00:00:05", "Model": "small-1",
                "Prices": { "InputPerMillion": 0.1, "OutputPerMillion": 0.4 }
              }
            }
          }
        }
        """;

    public static IHost Build(string json, Action<IServiceCollection> register)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        builder.Services.AddKeyedChatClient("small-client", new ScriptedChatClient(SmallReply));
        builder.Services.AddChatClient(new ScriptedChatClient(ExpertReply));
        register(builder.Services);
        return builder.Build();
    }

    /// <summary>Starts the host and uses what its container hands out.</summary>
    public static async Task UseAsync(string json, Action<IServiceCollection> register, Func<IServiceProvider, Task> use)
    {
        using var host = Build(json, register);
        await host.StartAsync();
        await use(host.Services);
        await host.StopAsync();
    }

    private static ScriptedReply SmallReply(ScriptedCall call) => call.Messages[^1].Text == Hard
        ? new ScriptedReply("It might", " be") { FinishReason = ChatFinishReason.Length }.WithUsage(1000, 100)
        : new ScriptedReply("Par", "is").WithUsage(1000, 100);

    private static ScriptedReply ExpertReply(ScriptedCall call) => new ScriptedReply("Ly", "on").WithUsage(2000, 200);
}
