using LlmCascade.Testing;
using Microsoft.Extensions.AI;

namespace Configured;

/// <summary>Three scripted models, so that the sample runs offline: the cascade is real, the answers are made up.</summary>
internal static class Models
{
    public const string Easy = "What is the capital of France?";
    public const string Structured = "Which city is the capital of France? Answer in JSON.";
    public const string Slow = "How many bridges cross the Seine in Paris?";
    public const string Long = "Why is Paris the capital of France?";

    private static readonly ScriptedReply _cut = new ScriptedReply("It begins with")
    {
        FinishReason = ChatFinishReason.Length,
    };

    public static ScriptedChatClient Tiny { get; } = Scripted(question => question switch
    {
        Easy => Sure("Paris"),
        Structured => Sure("The city is Paris."),
        Slow => new ScriptedReply { NeverEnds = true },
        _ => new ScriptedReply("Because of the river").WithLogProbabilities(Math.Log(0.4)),
    });

    public static ScriptedChatClient Medium { get; } = Scripted(question => question switch
    {
        Easy => "Paris.",
        Structured => """{ "city": "Paris" }""",
        Slow => "Thirty-seven",
        _ => _cut,
    });

    public static ScriptedChatClient Large { get; } = Scripted(question => question switch
    {
        Easy => "The capital of France is Paris.",
        Structured => """{ "city": "Paris" }""",
        Slow => "Thirty-seven bridges cross the Seine in Paris.",
        _ => "Kings made it their seat, and it has stayed the largest city ever since.",
    });

    private static ScriptedReply Sure(string text) => new ScriptedReply(text).WithLogProbabilities(Math.Log(0.95));

    private static ScriptedChatClient Scripted(Func<string, ScriptedReply> answer) =>
        new(call => answer(call.Messages[^1].Text).WithUsage(inputTokens: 100, outputTokens: 20));
}
