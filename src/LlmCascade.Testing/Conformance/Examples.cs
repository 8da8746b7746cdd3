using Microsoft.Extensions.AI;

namespace LlmCascade.Testing.Conformance;

/// <summary>The requests and answers that the rules try unless a suite brings its own.</summary>
internal static class Examples
{
    public static IReadOnlyList<GenerationRequest> Requests() =>
    [
        new("What is the capital of France?"),
        new(
            [
                new(ChatRole.System, "You know every city."),
                new(ChatRole.User, "What is the capital of Italy?"),
                new(ChatRole.Assistant, "Rome."),
                new(ChatRole.User, "And of Spain?"),
            ],
            new ChatOptions
            {
                Instructions = "Answer in one word.",
                Temperature = 0.5f,
                MaxOutputTokens = 20,
                StopSequences = ["\n"],
                AdditionalProperties = new() { ["priority"] = "low" },
            }),
        new([new(ChatRole.User, "Is Lyon the capital of France?")], labels: new LabelSpace("yes", "no")),
    ];

    public static IReadOnlyList<Generation> Generations()
    {
        ScriptedReply[] replies =
        [
            "Madrid",
            new ScriptedReply("Madrid") { Confidence = Confidence.Measured(1, sampleCount: 5) },
            new ScriptedReply("Perhaps Madrid, perhaps Barcelona.") { Confidence = Confidence.Measured(0.5) },
            new ScriptedReply("I do not know.") { Confidence = Confidence.Measured(0) },
            new ScriptedReply("yes") { Confidence = Confidence.SelfReported(0.9) },
            new ScriptedReply("no") { Confidence = Confidence.Proxy(0.2) },
            new ScriptedReply("Mad", "rid").WithLogProbabilities(-0.1, -2),
            new ScriptedReply("It is the city of") { FinishReason = ChatFinishReason.Length },
            new ScriptedReply("It is") { FinishReason = ChatFinishReason.ContentFilter },
            """{ "capital": "Madrid" }""",
            ScriptedReply.Calls("search", new Dictionary<string, object?> { ["city"] = "Madrid" }),
            string.Join(' ', Enumerable.Repeat("Madrid", 500)),
        ];
        return
        [
            .. replies.Select(reply => reply.ToGeneration()),
            new ScriptedReply("yes").ToGeneration() with { Labels = new LabelDistribution(new LabelSpace("yes", "no"), 0.7, 0.3) },
        ];
    }
}
