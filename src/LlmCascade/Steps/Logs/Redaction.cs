using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Steps.Logs;

/// <summary>What is written in place of a text.</summary>
internal sealed class Redaction(Func<string, string>? redact)
{
    [return: NotNullIfNotNull(nameof(text))]
    public string? Of(string? text) => text is null || redact is null ? text
        : redact(text) ?? throw new InvalidOperationException("The redactor returned null. Return an empty text to write nothing of it.");
}
