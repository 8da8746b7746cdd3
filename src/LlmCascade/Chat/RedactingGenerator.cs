using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace LlmCascade.Chat;

/// <summary>Shows a generator nothing but redacted texts: it stands right around one that leaves the machine, inside of whatever adds texts to a request.</summary>
/// <remarks>
/// Texts, reasoning, the arguments and results of tools with the names in them, and the instructions pass the redactor; what is no text, such as an image, does not go out, and a
/// placeholder says so. The tools themselves, the names of their parameters included, pass as they are. The caller's objects are copied. Thread-safe when both are.
/// </remarks>
[Experimental("LLMC006")]
public sealed class RedactingGenerator : IGenerator, IWrappingGenerator
{
    private readonly Func<string, string> _redact;

    /// <summary>Initializes a generator.</summary>
    /// <param name="inner">Who answers.</param>
    /// <param name="redact">The redactor, thread-safe. What it throws fails the call, before anything is sent.</param>
    public RedactingGenerator(IGenerator inner, Func<string, string> redact)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(redact);
        Inner = inner;
        _redact = redact;
    }

    /// <summary>Gets who answers.</summary>
    public IGenerator Inner { get; }

    /// <inheritdoc/>
    public ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var options = request.Options;
        if (options?.Instructions is { } instructions)
        {
            options = options.Clone();
            options.Instructions = Redact(instructions);
        }

        var redacted = request with { Messages = [.. request.Messages.Select(Redact)], Options = options, Trajectory = Redact(request.Trajectory) };
        return Inner.GenerateAsync(redacted, context, cancellationToken);
    }

    private Trajectory? Redact(Trajectory? trajectory) => trajectory is null ? null : trajectory with
    {
        Task = [.. trajectory.Task.Select(Redact)],
        Steps = [.. trajectory.Steps.Select(Redact)],
        Suspects = [.. trajectory.Suspects.Select(Redact)],
        Hint = trajectory.Hint is { } hint ? Redact(hint) : null,
    };

    private ReasoningStep Redact(ReasoningStep step) => new(Redact(step.Text), step.Author)
    {
        Observation = step.Observation is { } observation ? Redact(observation) : null,
        IsByExpert = step.IsByExpert,
    };

    private ChatMessage Redact(ChatMessage message) => new(message.Role, [.. message.Contents.Select(Redact)])
    {
        AuthorName = message.AuthorName is { } author ? Redact(author) : null,
    };

    private AIContent Redact(AIContent content) => content switch
    {
        TextContent text => new TextContent(Redact(text.Text)),
        TextReasoningContent reasoning => new TextReasoningContent(Redact(reasoning.Text)),
        FunctionCallContent call => new FunctionCallContent(call.CallId, call.Name, call.Arguments?.ToDictionary(each => each.Key, each => RedactValue(each.Value))),
        FunctionResultContent result => new FunctionResultContent(result.CallId, RedactValue(result.Result)),
        _ => new TextContent("[left out: no text]"),
    };

    // The shape of a value stays, so that it is still JSON.
    private object? RedactValue(object? value) => value switch
    {
        null or bool => value,
        string text => Redact(text),
        JsonElement { ValueKind: JsonValueKind.String } text => Redact(text.GetString()!),
        JsonElement { ValueKind: JsonValueKind.Object } element => element.EnumerateObject().DistinctBy(each => Redact(each.Name)).ToDictionary(each => Redact(each.Name), each => RedactValue(each.Value)),
        JsonElement { ValueKind: JsonValueKind.Array } element => element.EnumerateArray().Select(each => RedactValue(each)).ToList(),
        JsonElement { ValueKind: JsonValueKind.Number } number => Redact(number.GetRawText()) is var redacted && redacted == number.GetRawText() ? value : redacted,
        JsonElement => value,
        _ => Redact(ToText(value)),
    };

    private static string ToText(object value)
    {
        try
        {
            return JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(value.GetType()));
        }
        catch (Exception e) when (e is NotSupportedException or JsonException)
        {
            return Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
        }
    }

    private string Redact(string text) => _redact(text) ?? throw new InvalidOperationException("The redactor returned null. It returns the text that may be shown, empty where none may.");
}
