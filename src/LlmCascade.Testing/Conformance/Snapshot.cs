using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace LlmCascade.Testing.Conformance;

/// <summary>Writes down what a component was given, to see afterwards whether it changed something.</summary>
internal static class Snapshot
{
    public static string Of(IEnumerable<ChatMessage> messages) => string.Join('\n', messages.Select(Json));

    public static string Of(ChatOptions? options) => options is null ? "none"
        : Json(options) + string.Concat((options.Tools ?? []).Select(tool => $"\n{tool.Name} {RuntimeHelpers.GetHashCode(tool)}"));

    public static string Of(Generation generation) =>
        Json(generation.Response) + string.Concat((generation.Updates ?? []).Select(update => "\n" + Json(update)));

    private static string Json<T>(T value) =>
        JsonSerializer.Serialize(value, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(T)));
}
