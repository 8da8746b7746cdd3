using System.Text.RegularExpressions;
using LlmCascade.Testing;

namespace StrategyReuse;

/// <summary>The two models of the sample, both scripted: one knows the house, the other knows only what its prompt tells it.</summary>
internal static partial class Models
{
    public const string Unsure = "I am not sure.";

    private static readonly (string Topic, string Answer, string Note)[] _house =
    [
        ("lamp", "45 days", "Questions about returning broken goods: they go back within 45 days."),
        ("parcel", "counter 7", "Questions about parcels that were lost: they are looked for at counter 7. Counter 9 is for damage."),
        ("invoice", "30 days", "Questions about when an invoice is due: within 30 days."),
    ];

    /// <summary>Answers by the table, and writes the note of the table when it is asked for one.</summary>
    public static ScriptedChatClient Expert() => new(call =>
    {
        var text = string.Join('\n', call.Messages.Select(message => message.Text));
        var (_, answer, note) = Array.Find(_house, entry => text.Contains(entry.Topic, StringComparison.OrdinalIgnoreCase));
        var isNote = text.Contains("You write notes", StringComparison.Ordinal);
        return new ScriptedReply(isNote ? note ?? "NOTHING" : answer ?? "We do not do that.").WithUsage(text.Length / 4, 12);
    });

    /// <summary>Answers with the first days or counter that its notes speak of.</summary>
    public static ScriptedChatClient Local() => new(call =>
    {
        var text = call.Messages[^1].Text;
        return new ScriptedReply(Fact().Match(text) is { Success: true } fact ? fact.Value : Unsure).WithUsage(text.Length / 4, 3);
    });

    [GeneratedRegex(@"[0-9]+ days|counter [0-9]+")]
    private static partial Regex Fact();
}
