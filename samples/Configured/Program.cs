using System.Globalization;
using Configured;
using LlmCascade;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

// The code names clients; appsettings.json says which of them are tiers, what they cost and which answers are kept.
// Arguments change it for a run: -- --LlmCascade:Tiers:tiny:Timeout=00:00:01
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
{
    Args = args,
    ContentRootPath = AppContext.BaseDirectory,
});
builder.Services.AddKeyedChatClient("tiny-client", Models.Tiny);
builder.Services.AddKeyedChatClient("medium-client", Models.Medium);
builder.Services.AddChatClient(Models.Large);
builder.Services.AddLlmCascade();

using var host = builder.Build();
try
{
    await host.StartAsync();
}
catch (OptionsValidationException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}

Console.WriteLine("All three models are scripted: the cascade is real, the answers are made up.");
var client = host.Services.GetRequiredService<IChatClient>();
await AskAsync(Models.Easy);
await AskAsync(Models.Structured, new ChatOptions { ResponseFormat = ChatResponseFormat.Json });
await AskAsync(Models.Slow);
await AskAsync(Models.Long);
await AskAsync(Models.Easy, new ChatOptions().WithCascade(request => request.ForceExpert()));
await host.StopAsync();
return 0;

async Task AskAsync(string question, ChatOptions? options = null)
{
    var response = await client.GetResponseAsync(question, options);
    var trace = response.GetCascadeTrace()!;
    Console.WriteLine();
    Console.WriteLine(question);
    Console.WriteLine($"  {response.Text}");
    Console.WriteLine($"  {string.Join(", ", trace.Attempts.Select(attempt => $"{attempt.Name}: {attempt.Reason}"))}");
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"  cost {trace.Cost}{(trace.IsCostIncomplete ? " or more: a call was stopped before it reported its usage" : "")}"));
}
