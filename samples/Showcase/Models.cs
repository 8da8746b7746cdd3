using System.ClientModel;
using LlmCascade;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using OpenAI;

namespace Showcase;

/// <summary>The two models: real ones behind an endpoint, or scripted ones.</summary>
internal static class Models
{
    private const int CharactersPerToken = 4;

    public static (IChatClient Small, IChatClient Expert) For(Arguments arguments)
    {
        if (arguments.Endpoint is null)
        {
            return (new ScriptedChatClient(call => Reply(call, question => question.Small, question => question.Certainty)),
                new ScriptedChatClient(call => Reply(call, question => question.Expert, _ => 1)));
        }

        var key = new ApiKeyCredential(Environment.GetEnvironmentVariable("OPENAI_API_KEY") ?? "none");
        var openAI = new OpenAIClient(key, new OpenAIClientOptions { Endpoint = arguments.Endpoint });
        var small = openAI.GetChatClient(arguments.Weak).AsIChatClient().AsBuilder().UseOpenAILogProbabilities().Build();
        return (small, openAI.GetChatClient(arguments.Expert).AsIChatClient());
    }

    private static ScriptedReply Reply(ScriptedCall call, Func<Question, string> choose, Func<Question, double> certainty)
    {
        var asked = Question.All.Single(question => question.Text == call.Messages[^1].Text);
        var answer = choose(asked);
        var promptLength = call.Messages.Sum(message => message.Text.Length) + (call.Options?.Instructions?.Length ?? 0);
        return new ScriptedReply(answer)
            .WithLogProbabilities(Math.Log(certainty(asked)))
            .WithUsage(Tokens(promptLength), Tokens(answer.Length));
    }

    private static int Tokens(int characters) => (characters + CharactersPerToken - 1) / CharactersPerToken;
}
