using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace LlmCascade.Evaluation;

/// <summary>Which recorded models agree, and who answers where they do not.</summary>
/// <param name="Ensemble">The names of the members, at least two; of a choice the names of all from which members are chosen.</param>
/// <param name="Target">The name of the model that answers what is deferred.</param>
[Experimental("LLMC005")]
public sealed record AgreementReplayOptions(IReadOnlyList<string> Ensemble, string Target)
{
    private const int MostMembers = 32;

    /// <summary>Gets what an answer of each member and of the target costs, in any one unit.</summary>
    /// <value><see langword="null"/> where costs are not known; nothing is said about them then.</value>
    public IReadOnlyDictionary<string, double>? Costs { get; init; }

    /// <summary>Gets how many milliseconds an answer of each member and of the target takes.</summary>
    /// <value><see langword="null"/> where that is not known; nothing is said about it then.</value>
    public IReadOnlyDictionary<string, double>? Latencies { get; init; }

    /// <summary>Gets the measure whose score alone decides about deferral.</summary>
    /// <value><see langword="null"/> for the library's composite measure with a calibrator that is fitted crosswise, which is the default.</value>
    public IAgreementMeasure? Measure { get; init; }

    /// <summary>Gets what embeds texts for measures that look at embeddings; thread-safe.</summary>
    /// <value><see langword="null"/> for the managed embedding of words, which is the default.</value>
    public IEmbeddingGenerator<string, Embedding<float>>? Embedder { get; init; }

    /// <summary>Gets what ends the name of a prompt's group in its id: with <c>:</c> the prompt <c>talk.2:84</c> belongs to <c>talk.2</c>.</summary>
    /// <value><see langword="null"/> where prompts do not belong together, which is the default.</value>
    public string? GroupSeparator { get; init; }

    /// <summary>Gets the member that is another model one day, while thresholds and what was fitted stay what they were.</summary>
    /// <value><see langword="null"/> where none is, which is the default.</value>
    public MemberSwap? Swap { get; init; }

    /// <summary>Gets the seed of folds and resamples.</summary>
    public ulong Seed { get; init; }

    /// <summary>Checks that the options fit each other and the data; a replay does it before it begins.</summary>
    /// <param name="data">The recorded answers.</param>
    /// <exception cref="ArgumentException">They do not; the message says why.</exception>
    public void Validate(RecordedAnswers data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (FindMistakes(data).FirstOrDefault() is { } mistake)
        {
            throw new ArgumentException(mistake);
        }
    }

    private IEnumerable<string> FindMistakes(RecordedAnswers data)
    {
        if (Ensemble.Count is < 2 or > MostMembers)
        {
            yield return $"Between 2 and {MostMembers} members can agree, and the ensemble has {Ensemble.Count}.";
        }

        if (Ensemble.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { Key: { } twice })
        {
            yield return $"The ensemble names '{twice}' twice.";
        }

        if (Ensemble.Contains(Target))
        {
            yield return $"The target '{Target}' is a member of the ensemble.";
        }

        if (Swap is not null && !Ensemble.Contains(Swap.Member))
        {
            yield return $"'{Swap.Member}' is to be replaced, and is not in the ensemble.";
        }

        if (Swap is not null && (Ensemble.Contains(Swap.Replacement) || Swap.Replacement == Target))
        {
            yield return $"'{Swap.Replacement}' is to replace a member, and is {(Swap.Replacement == Target ? "the target" : "one already")}.";
        }

        foreach (var name in Ensemble.Append(Target).Concat(Swap is null ? [] : [Swap.Replacement]))
        {
            if (!data.Models.Contains(name))
            {
                yield return $"There is no model '{name}' in the data; there are {string.Join(", ", data.Models)}.";
            }

            if (data.Prompts.FirstOrDefault(prompt => !prompt.Answers.ContainsKey(name)) is { } without)
            {
                yield return $"The prompt '{without.Id}' has no output of '{name}' with a score.";
            }
        }

        foreach (var mistake in FindMistakes(Costs, "cost").Concat(FindMistakes(Latencies, "latency")))
        {
            yield return mistake;
        }

        if (Costs is not null && Costs.TryGetValue(Target, out var cost) && cost == 0)
        {
            yield return $"Costs are told as shares of the target's, and the cost of '{Target}' is 0.";
        }

        if (GroupSeparator is { Length: 0 })
        {
            yield return "The separator of groups is empty.";
        }

        if (data.Prompts.Select(prompt => GroupOf(prompt.Id)).Distinct().Take(2).Count() < 2)
        {
            yield return $"Two {(GroupSeparator is null ? "prompts" : "groups of prompts")} are needed at least, so that what is fitted on some is tried on others.";
        }
    }

    private IEnumerable<string> FindMistakes(IReadOnlyDictionary<string, double>? values, string what)
    {
        if (values is null)
        {
            yield break;
        }

        foreach (var (name, value) in values)
        {
            if (name != Target && !Ensemble.Contains(name))
            {
                yield return $"There is a {what} of '{name}', which is neither the target nor in the ensemble.";
            }

            if (!(value >= 0 && double.IsFinite(value)))
            {
                yield return $"The {what} of '{name}' is not a number from 0 up.";
            }
        }

        if (Ensemble.Append(Target).FirstOrDefault(name => !values.ContainsKey(name)) is { } missing)
        {
            yield return $"There is no {what} of '{missing}'.";
        }
    }

    /// <summary>Finds the group of a prompt: what stands before the last separator of its id, which is the whole id where there is none.</summary>
    internal string GroupOf(string id) =>
        GroupSeparator is { Length: > 0 } separator && id.LastIndexOf(separator, StringComparison.Ordinal) is > 0 and var end ? id[..end] : id;
}
