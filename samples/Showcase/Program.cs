using LlmCascade;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Showcase;

if (!Arguments.TryParse(args, out var arguments))
{
    return 1;
}

var (small, expert) = Models.For(arguments);
var services = new ServiceCollection();

try
{
    // snippet: quickstart
    services.AddChatClient(expert);
    services.AddLlmCascade(cascade => cascade
        .AddTier("small", tier => tier
            .UseChatClient(small)
            .WithTokenConfidence()
            .DeferBelow(0.8)
            .Costs(inputPerMillion: 0.1m, outputPerMillion: 0.4m))
        .ExpertCosts(inputPerMillion: 2.5m, outputPerMillion: 10m));

    using var provider = services.BuildServiceProvider();
    var client = provider.GetRequiredService<IChatClient>();

    var response = await client.GetResponseAsync("What is the capital of France?", new ChatOptions { MaxOutputTokens = 60 });
    var trace = response.GetCascadeTrace()!;
    Console.WriteLine($"{response.Text.Trim()} (answered by {trace.AnsweredBy}, confidence {trace.Attempts[0].Confidence:0.00}, cost {trace.Cost})");
    // end-snippet

    await Comparison.RunAsync(client, arguments);
    return 0;
}
catch (CascadeException e)
{
    Console.Error.WriteLine(e.Message);
    return 2;
}
