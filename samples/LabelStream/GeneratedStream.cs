using LlmCascade.Evaluation;

namespace LabelStream;

/// <summary>A stream of messages to a help desk that the sample makes up, the same on every run.</summary>
internal static class GeneratedStream
{
    private const int Items = 3000;
    private const double ExpertErrors = 0.04;

    private static readonly Dictionary<string, string[]> _phrases = new()
    {
        ["billing"] = ["invoice", "charged twice", "refund", "my card was declined", "the price went up", "cancel my subscription", "receipt", "discount code"],
        ["outage"] = ["nothing loads", "error 503", "the site is down", "times out", "cannot reach the server", "since this morning", "status page", "crashes at once"],
        ["question"] = ["how do I", "is it possible to", "where can I find", "do you support", "which plan", "export my data", "change my name", "the manual"],
    };

    private static readonly string[] _filler =
        ["hello", "please help", "thanks", "I am a long time customer", "my account", "today", "the app", "on my phone", "again", "it is urgent", "kind regards", "we tried everything"];

    public static RecordedStream Make()
    {
        var draws = new Draws(2026);
        string[] labels = [.. _phrases.Keys];
        return new RecordedStream(Enumerable.Range(0, Items).Select(_ =>
        {
            var gold = draws.Pick(labels);
            var text = string.Join(", ", Enumerable.Range(0, 5).Select(i =>
                i < 2 ? draws.Pick(_phrases[draws.Chance(0.85) ? gold : draws.Pick(labels)]) : draws.Pick(_filler)));
            return new RecordedItem(text, gold, draws.Chance(ExpertErrors) ? draws.Pick(labels) : gold);
        }));
    }

    // Equal on every machine, so that the output of the sample can be compared.
    private sealed class Draws(uint seed)
    {
        private uint _state = seed;

        public bool Chance(double probability) => Next() < probability;

        public string Pick(string[] choices) => choices[(int)(Next() * choices.Length)];

        private double Next()
        {
            _state = (1664525 * _state) + 1013904223;
            return (_state >> 8) / (double)(1 << 24);
        }
    }
}
