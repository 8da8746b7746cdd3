using LlmCascade.Evaluation;

namespace LabelStream;

/// <summary>A stream of messages to a help desk that the sample makes up, the same on every run.</summary>
internal static class GeneratedStream
{
    private const int Items = 3000;
    private const double ExpertErrors = 0.04;

    private static readonly Dictionary<string, (string[] Starts, string[] Ends)> _phrases = new()
    {
        ["billing"] = (
            ["I was charged", "the invoice", "my card", "a refund", "the discount", "the payment", "my subscription", "the receipt"],
            ["twice", "is wrong", "was declined", "never came", "went up", "shows another sum", "should have ended", "is missing"]),
        ["outage"] = (
            ["the site", "the app", "the server", "every page", "the login", "the upload", "the status page", "the connection"],
            ["is down", "times out", "shows error 503", "cannot be reached", "crashes at once", "hangs", "does not load", "keeps breaking"]),
        ["question"] = (
            ["how do I", "is it possible to", "where can I", "do you know how to", "am I allowed to", "can somebody", "which plan lets me", "does the manual say how to"],
            ["export my data", "change my name", "invite a colleague", "merge two accounts", "print a report", "set a reminder", "use a keyboard", "share a folder"]),
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
            var text = string.Join(", ", Enumerable.Range(0, 5).Select(i => i < 2 ? Say(draws.Chance(0.95) ? gold : draws.Pick(labels)) : draws.Pick(_filler)));
            return new RecordedItem(text, gold, draws.Chance(ExpertErrors) ? draws.Pick(labels) : gold);
        }));

        string Say(string label) => $"{draws.Pick(_phrases[label].Starts)} {draws.Pick(_phrases[label].Ends)}";
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
