using LlmCascade.Testing;

namespace SemanticAgreement;

/// <summary>The models of the sample, all scripted: what each would say to each question.</summary>
internal static class Models
{
    public static readonly string[] Small = ["ant", "bee", "cat"];

    private static readonly (string Question, string[] Answers, string Expert)[] _script =
    [
        (
            "Why is the sky blue?",
            [
                "Because air molecules scatter blue light from the sun more than red light.",
                "Air scatters the blue part of sunlight more than the red part.",
                "Blue light from the sun is scattered more by air molecules than red light is.",
            ],
            "Rayleigh scattering: molecules of air scatter short, blue waves of sunlight far more than long, red ones."),
        (
            "A lamp costs 60 euros and is reduced by a quarter. What does it cost?",
            [
                "A quarter of 60 is 15, and 60 - 15 = 45. Answer: 45 euros",
                "You pay three quarters of 60 euros. Answer: €45",
                "A quarter is 25, so 60 - 25 = 35. Answer: 35 euros",
            ],
            "45 euros"),
        (
            "May I take the lamp into the bathroom?",
            [
                "Yes, the lamp may be used in the bathroom.",
                "No, the lamp may not be used in the bathroom.",
                "The lamp may not be used in the bathroom.",
            ],
            "No. It is not protected against splashing water."),
        (
            "How long is the guarantee?",
            [
                "The guarantee is 24 months.",
                "I'm sorry, but I can't help with that.",
                "The guarantee is 2 years.",
            ],
            "Two years."),
    ];

    public static IEnumerable<string> Questions => _script.Select(each => each.Question);

    public static ScriptedChatClient Client(int small) => new(call =>
        new ScriptedReply(Array.Find(_script, each => each.Question == call.Messages[^1].Text).Answers[small]).WithUsage(20, 20));

    public static ScriptedChatClient Expert() => new(call =>
        new ScriptedReply(Array.Find(_script, each => each.Question == call.Messages[^1].Text).Expert).WithUsage(20, 20));
}
