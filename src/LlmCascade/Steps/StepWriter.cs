using System.Diagnostics.CodeAnalysis;
using LlmCascade.Steps.Introspection;
using Microsoft.Extensions.AI;

namespace LlmCascade.Steps;

/// <summary>Lets a generator write the next step: shows it the steps so far, and cuts what it says after one.</summary>
/// <remarks>
/// <para>
/// It stands around each generator of a cascade that is run step by step, below whatever compares or checks answers; the builder puts it there. Whoever is
/// asked in place of a tier that deferred is also shown the suspect step, and why it is doubted.
/// </para>
/// <para>A request that asks for no step passes unchanged, except that an expert is told what a checked tool iteration was doubted for. Thread-safe when its generator is.</para>
/// </remarks>
[Experimental("LLMC006")]
public sealed class StepWriter : IGenerator, IKnownSource, IWrappingGenerator
{
    private readonly StepBoundary _boundary;
    private readonly ContinuationStyle _style;
    private readonly StepPrompt _prompt;

    /// <summary>Initializes a writer.</summary>
    /// <param name="inner">Who writes.</param>
    /// <param name="boundary">Where a step ends; lines where it is <see langword="null"/>.</param>
    /// <param name="style">How the steps so far are shown.</param>
    /// <param name="instructions">How to write steps; the boundary's own words where it is <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">The style is no known one.</exception>
    public StepWriter(IGenerator inner, StepBoundary? boundary = null, ContinuationStyle style = ContinuationStyle.UserTurn, string? instructions = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Inner = inner;
        _boundary = boundary ?? StepBoundary.Line;
        _style = Enum.IsDefined(style) ? style : throw new ArgumentOutOfRangeException(nameof(style), style, "No such style is known.");
        _prompt = new StepPrompt(_boundary, instructions);
    }

    /// <summary>Gets who writes.</summary>
    public IGenerator Inner { get; }

    object IKnownSource.Source => (IKnownSource.Of(Inner), _boundary, _style);

    string? IKnownSource.Model => (Inner as IKnownSource)?.Model;

    /// <inheritdoc/>
    public async ValueTask<Generation> GenerateAsync(
        GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        var suspects = SuspectsIn(context);
        if (request.Trajectory is not { } trajectory)
        {
            return await Inner.GenerateAsync(StepPrompt.WithDoubts(request, suspects.FindAll(suspect => suspect.Check is not null)), context, cancellationToken);
        }

        suspects.AddRange(trajectory.Suspects);
        var asked = _boundary.IsWholeResponse && trajectory is { Steps.IsEmpty: true, Hint: null }
            ? StepPrompt.WithDoubts(request, suspects) with { Trajectory = null }
            : _prompt.ForNext(request, trajectory, suspects, _style);
        var answer = await Inner.GenerateAsync(asked, context, cancellationToken);
        return answer is null ? answer! : Cut(answer, trajectory);
    }

    /// <summary>Finds the steps in whose place another one is asked for.</summary>
    internal static List<ReasoningStep> SuspectsIn(AttemptContext context) =>
        [.. context.Rejected.Select(rejected => new ReasoningStep(WrittenContent.Of(rejected.Answer.Response.Messages), rejected.Name) { Check = rejected.Answer.Check })];

    private Generation Cut(Generation answer, Trajectory trajectory)
    {
        var contents = answer.Response.Messages.SelectMany(message => message.Contents);
        if (contents.Any(content => content is FunctionCallContent) || ResponseContent.IsEmpty(answer.Response))
        {
            return answer;
        }

        var text = answer.Response.Text;
        var start = text.Length - WithoutEcho(text, trajectory).TrimStart().Length;
        var rest = text[start..];
        var end = _boundary.FindEnd(rest);
        var step = rest[..(end ?? rest.Length)].Trim();
        var isWhole = step.Length == text.Length;
        return answer with
        {
            Response = isWhole ? answer.Response : With(answer.Response, step, isCut: end is not null),
            Updates = null,
            Tokens = isWhole ? answer.Tokens : TokensWithin(answer.Tokens, start, end is { } length ? start + length : text.Length),

            // Who is asked for one step, or is to stop behind one, tells nothing by stopping.
            IsLastStep = end is null && _boundary.StopSequences.IsEmpty && (_boundary.IsWholeResponse || _style == ContinuationStyle.Prefill)
                && (answer.Response.FinishReason ?? ChatFinishReason.Stop) == ChatFinishReason.Stop,
        };
    }

    // Some models begin by repeating what they were shown.
    private ReadOnlySpan<char> WithoutEcho(string text, Trajectory trajectory)
    {
        var rest = text.AsSpan().TrimStart();
        var prefix = _prompt.Join(trajectory.Steps);
        return prefix.Length > 0 && rest.StartsWith(prefix, StringComparison.Ordinal) && !rest[prefix.Length..].IsWhiteSpace() ? rest[prefix.Length..] : rest;
    }

    private static ChatResponse With(ChatResponse response, string step, bool isCut)
    {
        var copy = Generation.Copy(response);
        List<AIContent> others = [.. response.Messages.SelectMany(message => message.Contents).Where(content => content is not (TextContent or UsageContent))];
        copy.Messages = [new ChatMessage(ChatRole.Assistant, [.. others, new TextContent(step)]) { MessageId = response.Messages[^1].MessageId }];

        // What was cut off by the token limit is not part of the step.
        copy.FinishReason = isCut && copy.FinishReason == ChatFinishReason.Length ? ChatFinishReason.Stop : copy.FinishReason;
        return copy;
    }

    private static List<TokenLogProbability>? TokensWithin(IReadOnlyList<TokenLogProbability>? tokens, int start, int end)
    {
        if (tokens is null)
        {
            return null;
        }

        List<TokenLogProbability> within = [];
        var place = 0;
        foreach (var token in tokens)
        {
            if (place < end && place + token.Token.Length > start)
            {
                within.Add(token);
            }

            place += token.Token.Length;
        }

        return within;
    }
}
