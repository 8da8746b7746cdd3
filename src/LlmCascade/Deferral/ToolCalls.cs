using System.Text.Json;
using Microsoft.Extensions.AI;

namespace LlmCascade.Deferral;

/// <summary>The calls of tools in an answer, and whether two answers call the same.</summary>
internal static class ToolCalls
{
    /// <summary>Finds the calls, in their order.</summary>
    public static List<FunctionCallContent> In(Generation answer) =>
        [.. answer.Response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()];

    /// <summary>Tells whether two answers call the same tools with the same arguments; <see langword="null"/> where neither calls any.</summary>
    public static bool? Agree(List<FunctionCallContent> first, List<FunctionCallContent> second) =>
        first.Count + second.Count == 0 ? null : first.Count == second.Count && first.Zip(second).All(pair => AreSame(pair.First, pair.Second));

    /// <summary>Tells whether two calls are of the same tool with the same arguments.</summary>
    public static bool AreSame(FunctionCallContent first, FunctionCallContent second) =>
        first.Name == second.Name
        && ValidityPolicy.ToJson(first.Arguments) is { } one
        && ValidityPolicy.ToJson(second.Arguments) is { } other
        && JsonElement.DeepEquals(one, other);
}
