using LlmCascade.Agreement.Measures;
using LlmCascade.Calibration;
using Microsoft.Extensions.AI;

namespace LlmCascade.Agreement;

public static partial class SimilarityMeasure
{
    /// <summary>Makes the default with the cosine of embeddings as a fourth part of the similarity.</summary>
    /// <param name="generator">Embeds the answers to a request in one call. It is not disposed.</param>
    /// <returns>The measure. Its id names the embedder.</returns>
    public static IAgreementMeasure Semantic(IEmbeddingGenerator<string, Embedding<float>> generator)
    {
        var cosine = Embedding(generator);
        return Compose($"semantic-v1 ({cosine.Id})", cosine);
    }

    /// <summary>Makes the measure of a judge that the host brings: a model that compares two answers, or one of entailment.</summary>
    /// <param name="id">A stable name with a version.</param>
    /// <param name="judge">
    /// Says how much two answers agree, from 0 to 1, or nothing where it cannot tell. It is asked about several pairs at once, about each in
    /// both directions, one after the other, and the lower value counts: what follows from an answer may say less than it.
    /// </param>
    /// <returns>The measure. It throws <see cref="InvalidOperationException"/> where a value is outside its range.</returns>
    /// <exception cref="ArgumentException"><paramref name="id"/> is blank.</exception>
    public static IAgreementMeasure Judged(string id, Func<JudgedPair, CancellationToken, ValueTask<double?>> judge)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentNullException.ThrowIfNull(judge);
        return new JudgedMeasure(id, judge);
    }

    /// <summary>Makes the weighted mean of several measures, for each pair of those that can tell.</summary>
    /// <param name="id">A stable name with a version.</param>
    /// <param name="parts">The measures with their weights, at least one.</param>
    /// <returns>The measure. Its id is the name with a hash of the parts.</returns>
    /// <exception cref="ArgumentException"><paramref name="id"/> is blank, there is no part, or a weight is not a finite number above 0.</exception>
    public static IAgreementMeasure Weighted(string id, params IReadOnlyList<(IAgreementMeasure Measure, double Weight)> parts)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentNullException.ThrowIfNull(parts);
        (IAgreementMeasure Measure, double Weight)[] copy = [.. parts];
        if (copy.Length == 0)
        {
            throw new ArgumentException("There is no measure to ask.", nameof(parts));
        }

        foreach (var (measure, weight) in copy)
        {
            ArgumentNullException.ThrowIfNull(measure, nameof(parts));
            if (!double.IsFinite(weight) || weight <= 0)
            {
                throw new ArgumentException($"{measure.Id} has the weight {weight}, and weights are finite and above 0.", nameof(parts));
            }
        }

        return new WeightedMeasure(ComposedId.Of(id, copy.Select(part => $"{ComposedId.Weight(part.Weight)} {part.Measure.Id}")), copy);
    }

    /// <summary>Makes a measure that others override: where one of them says that two answers do not agree at all, they do not.</summary>
    /// <param name="id">A stable name with a version.</param>
    /// <param name="measure">The measure.</param>
    /// <param name="vetoes">The others, at least one. What they say but 0 makes no difference.</param>
    /// <returns>The measure. Its id is the name with a hash of the parts.</returns>
    /// <exception cref="ArgumentException"><paramref name="id"/> is blank, or there is no veto.</exception>
    public static IAgreementMeasure Unless(string id, IAgreementMeasure measure, params IReadOnlyList<IAgreementMeasure> vetoes)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentNullException.ThrowIfNull(vetoes);
        IAgreementMeasure[] copy = [.. vetoes];
        Array.ForEach(copy, static veto => ArgumentNullException.ThrowIfNull(veto, nameof(vetoes)));
        return copy.Length > 0 ? new VetoedMeasure(ComposedId.Of(id, copy.Select(veto => veto.Id).Prepend(measure.Id)), measure, copy) : throw new ArgumentException("There is no veto.", nameof(vetoes));
    }

    private static VetoedMeasure Compose(string id, params IEnumerable<IAgreementMeasure> more)
    {
        var similarity = new WeightedMeasure($"{id} similarity", [(TokenF1, 1), (RougeL, 1), (CharacterNGrams(), 1), .. more.Select(measure => (measure, 1.0))]);
        var answers = AgreementMeasure.FirstThatTells(
            $"{id} answers", AgreementMeasure.SameLabel, SameJson, new WeightedMeasure($"{id} text", [(SameConclusion, 1), (similarity, 1)]));
        return new VetoedMeasure(id, answers, [OppositePolarity, DifferentQuantities, RefusalAgainstAnswer]);
    }
}
