using LlmCascade.Testing;
using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Steps;

/// <summary>A model that writes lines, each in its place, and remembers what it was shown.</summary>
internal sealed class Scripts
{
    public Scripts(params string[] lines) => Model = new ScriptedGenerator(request =>
    {
        Requests.Add(string.Join("\n---\n", request.Messages.Select(message => $"{message.Role}: {message.Text}")));
        var before = request.Messages.LastOrDefault(message => message.Role == ChatRole.Assistant)?.Text.Trim() ?? "";
        var place = before.Length == 0 ? 0 : before.Split('\n').Count(line => !line.StartsWith("Observation:", StringComparison.Ordinal));
        return new ScriptedReply(lines[Math.Min(place, lines.Length - 1)]) { Usage = Usage };
    });

    /// <summary>Gets what each call reports.</summary>
    public UsageDetails? Usage { get; init; }

    public ScriptedGenerator Model { get; }

    public List<string> Requests { get; } = [];
}
