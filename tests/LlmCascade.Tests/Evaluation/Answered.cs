using System.Globalization;
using LlmCascade.Calibration;
using LlmCascade.Evaluation;

namespace LlmCascade.Tests.Evaluation;

/// <summary>Recorded answers that tests make up.</summary>
internal static class Answered
{
    /// <summary>Four prompts, three members and a target, small enough to compute everything by hand.</summary>
    /// <remarks>All members agree on the first, a and b on the second, nobody on the others; c is right about the third, b about the fourth.</remarks>
    public const string ByHand = """
        {"id":"p:1","prompt":"x","outputs":{"a":{"text":"A: 1","score":1},"b":{"text":"A: 1","score":1},"c":{"text":"A: 1","score":1},"t":{"text":"A: 1","score":1}}}
        {"id":"p:2","prompt":"xx","outputs":{"a":{"text":"A: 2","score":1},"b":{"text":"A: 2","score":1},"c":{"text":"A: 3","score":0},"t":{"text":"A: 2","score":1}}}
        {"id":"q:3","prompt":"xxxx","outputs":{"a":{"text":"A: 4","score":0},"b":{"text":"A: 5","score":0},"c":{"text":"A: 6","score":1},"t":{"text":"A: 6","score":1}}}
        {"id":"q:4","prompt":"xxx","outputs":{"a":{"text":"A: 7","score":0},"b":{"text":"A: 8","score":1},"c":{"text":"A: 9","score":0},"t":{"text":"A: 8","score":1}}}
        """;

    /// <summary>Makes answers of the members a, b and c and of the target t, which say numbers.</summary>
    /// <param name="prompts">How many prompts.</param>
    /// <param name="answer">What the members say to a prompt, each with its score, and the score of the target.</param>
    public static RecordedAnswers Of(int prompts, Func<int, ((int Says, double Score) A, (int Says, double Score) B, (int Says, double Score) C, double Target)> answer) =>
        new(Enumerable.Range(0, prompts).Select(i =>
        {
            var (a, b, c, target) = answer(i);
            return new RecordedPrompt($"{i}", $"How many are {i}?", new Dictionary<string, RecordedAnswer>
            {
                ["a"] = Say(a),
                ["b"] = Say(b),
                ["c"] = Say(c),
                ["t"] = Say((0, target)),
            });
        }));

    /// <summary>Makes answers in which nothing says anything about anything.</summary>
    public static RecordedAnswers Noise(int prompts, ulong seed)
    {
        var draws = new SplitMix(seed);
        return Of(prompts, _ => (Draw(), Draw(), Draw(), draws.Below(2)));

        (int, double) Draw() => (draws.Below(3), draws.Below(2));
    }

    private static RecordedAnswer Say((int Says, double Score) answer) =>
        new(string.Create(CultureInfo.InvariantCulture, $"A: {answer.Says}"), answer.Score);
}
