using System.ClientModel;
using LlmCascade;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenAI;

namespace Documentation;

/// <summary>The code of docs/getting-started.md.</summary>
internal static class GettingStarted
{
    public static void Register(HostApplicationBuilder builder, string apiKey)
    {
        // snippet: register
        var openAI = new OpenAIClient(new ApiKeyCredential(apiKey));
        var small = openAI.GetChatClient("gpt-4.1-nano").AsIChatClient()
            .AsBuilder().UseOpenAILogProbabilities().Build();

        builder.Services.AddChatClient(openAI.GetChatClient("gpt-4.1").AsIChatClient());
        builder.Services.AddLlmCascade(cascade => cascade
            .AddTier("small", tier => tier
                .UseChatClient(small)
                .WithTokenConfidence()
                .DeferBelow(0.8)
                .WithTimeout(TimeSpan.FromSeconds(10))
                .Costs(inputPerMillion: 0.1m, outputPerMillion: 0.4m))
            .ExpertCosts(inputPerMillion: 2m, outputPerMillion: 8m))
            .UseFunctionInvocation();
        // end-snippet
    }

    // snippet: ask
    public static async Task AskAsync(IChatClient client)
    {
        var response = await client.GetResponseAsync("What is the capital of France?");

        Console.WriteLine(response.Text);
        Console.WriteLine(response.Usage?.OutputTokenCount);            // of all attempts together
        foreach (var attempt in response.GetCascadeTrace()!.Attempts)   // who was asked, what was decided, and why
        {
            Console.WriteLine($"{attempt.Name}: {attempt.Decision} ({attempt.Reason}), confidence {attempt.Confidence:0.00}, cost {attempt.Cost}");
        }
    }
    // end-snippet

    public static void RegisterNamed(IServiceCollection services, IChatClient small, IChatClient large)
    {
        // snippet: named
        services.AddKeyedChatClient("large", large);
        services.AddLlmCascade("summaries", cascade => cascade
            .AddTier("small", tier => tier.UseChatClient(small).KeepWhenValid())
            .Expert(expert => expert.UseChatClient("large")));
        // elsewhere: [FromKeyedServices("summaries")] IChatClient client
        // end-snippet
    }

    public static ChatOptions OptionsOfOneRequest()
    {
        // snippet: request
        var options = new ChatOptions { MaxOutputTokens = 300 }
            .WithCascade(request => request.Scope("tenant-7").Key("order-17").NoLearning());
        // end-snippet
        return options;
    }
}
