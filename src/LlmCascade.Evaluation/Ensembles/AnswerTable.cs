using System.Collections.Immutable;
using Microsoft.Extensions.AI;

namespace LlmCascade.Evaluation.Ensembles;

/// <summary>The recorded answers of an ensemble's members and of the target, prompt by prompt.</summary>
internal sealed class AnswerTable
{
    public AnswerTable(RecordedAnswers data, AgreementReplayOptions options)
    {
        Prompts = data.Prompts;
        Members = [.. options.Ensemble];
        Target = options.Target;
        Requests = [.. Prompts.Select(RequestOf)];
        Texts = [.. Prompts.Select(prompt => Array.ConvertAll(Members, name => prompt.Answers[name].Text is var text && string.IsNullOrWhiteSpace(text) ? null : text))];
        Lengths = [.. Texts.Select(texts => Array.ConvertAll(texts, text => LengthOf(text ?? "")))];
        Scores = [.. Prompts.Select(prompt => Array.ConvertAll(Members, name => prompt.Answers[name].Score))];
        TargetScores = [.. Prompts.Select(prompt => prompt.Answers[options.Target].Score)];
        Costs = options.Costs is { } costs ? Array.ConvertAll(Members, name => costs[name]) : null;
        var groups = Prompts.Select(prompt => options.GroupOf(prompt.Id)).ToList();
        var numbers = groups.Distinct(StringComparer.Ordinal).Select((name, number) => (name, number)).ToDictionary(group => group.name, group => group.number, StringComparer.Ordinal);
        Groups = [.. groups.Select(name => numbers[name])];
    }

    public ImmutableArray<RecordedPrompt> Prompts { get; }

    public int Count => Prompts.Length;

    public string[] Members { get; }

    public string Target { get; }

    public GenerationRequest[] Requests { get; }

    /// <summary>Gets what each member says to each prompt; <see langword="null"/> where it says nothing.</summary>
    public string?[][] Texts { get; }

    /// <summary>Gets how many characters each of these texts has.</summary>
    public int[][] Lengths { get; }

    public double[][] Scores { get; }

    public double[] TargetScores { get; }

    /// <summary>Gets what an answer of each member costs, where that is known.</summary>
    public double[]? Costs { get; }

    /// <summary>Gets the number of each prompt's group; prompts that do not belong together are groups of one.</summary>
    public int[] Groups { get; }

    /// <summary>Gets how long each prompt is: what those look at who defer by length alone.</summary>
    public double[] PromptLengths => [.. Prompts.Select(prompt => (double)LengthOf(prompt.Text))];

    /// <summary>Gets how good the answers of some members are, of one for each prompt.</summary>
    public double[] ScoresOf(int[] members) => [.. members.Select((member, prompt) => Scores[prompt][member])];

    private static GenerationRequest RequestOf(RecordedPrompt prompt) => new(
    [
        .. prompt.FirstTurn is { } first ? [new ChatMessage(ChatRole.User, first)] : (ChatMessage[])[],
        .. prompt is { FirstTurn: not null, FirstAnswer: { } answer } ? [new ChatMessage(ChatRole.Assistant, answer)] : (ChatMessage[])[],
        new ChatMessage(ChatRole.User, prompt.Text),
    ]);

    private static int LengthOf(string text) => text.EnumerateRunes().Count();
}
