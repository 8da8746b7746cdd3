using System.Diagnostics.CodeAnalysis;

namespace LlmCascade.Calibration;

/// <summary>Measures that need no model: whether two answers are the same one.</summary>
/// <remarks>Each gives 1 where they are, 0 where they are not, and nothing where it cannot tell.</remarks>
[Experimental("LLMC004")]
public static class AgreementMeasure
{
    /// <summary>Gets the measure of labels: both answers name the same label of the request. It cannot tell where one names none.</summary>
    public static IAgreementMeasure SameLabel { get; } = new PairwiseMeasure(
        "label-v1",
        static (first, second) => first.Labels is { } one && second.Labels is { } other ? one.Space.Equals(other.Space) && one.Best == other.Best : null,
        isEquivalence: true);

    /// <summary>Gets the measure of numbers: both answers speak of the same ones, however they write them.</summary>
    /// <value>
    /// Where one answer has a single number, the other's last one decides, which is what it comes to. It cannot tell where
    /// one has none. Units and dates are not looked at.
    /// </value>
    public static IAgreementMeasure SameNumber { get; } = new PairwiseMeasure("number-v1", static (first, second) =>
        NumbersInText.Agree(NumbersInText.Of(first.Response.Text), NumbersInText.Of(second.Response.Text)));

    /// <summary>Gets the measure of texts: both answers have the same words, whatever their case, their punctuation and the width of their characters.</summary>
    public static IAgreementMeasure SameText { get; } = new PairwiseMeasure(
        "text-v1", static (first, second) => PlainText.Of(first.Response.Text) == PlainText.Of(second.Response.Text), isEquivalence: true);

    /// <summary>Gets the default: the label where both have one, else the number where both have some, else the text.</summary>
    public static IAgreementMeasure SameAnswer { get; } = new InTurn("answer-v1", [SameLabel, SameNumber, SameText]);

    /// <summary>Makes a measure that asks others in turn: for each pair of answers the first one that can tell.</summary>
    /// <param name="id">A stable name with a version.</param>
    /// <param name="measures">The others, at least one.</param>
    /// <returns>The measure. Its id is the name with a hash of the others.</returns>
    /// <exception cref="ArgumentException"><paramref name="id"/> is blank, or there is no measure.</exception>
    public static IAgreementMeasure FirstThatTells(string id, params IReadOnlyList<IAgreementMeasure> measures)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentNullException.ThrowIfNull(measures);
        return measures.Count > 0 ? new InTurn(ComposedId.Of(id, measures.Select(measure => measure.Id)), [.. measures]) : throw new ArgumentException("There is no measure to ask.", nameof(measures));
    }

    private sealed class InTurn(string id, IAgreementMeasure[] measures) : IAgreementMeasure
    {
        public string Id => id;

        public async ValueTask<AgreementMatrix> MeasureAsync(
            GenerationRequest request, IReadOnlyList<Generation> answers, AttemptContext? context, CancellationToken cancellationToken)
        {
            ArgumentNullException.ThrowIfNull(answers);
            var matrix = new AgreementMatrix(answers.Count);
            foreach (var measure in measures)
            {
                var next = await measure.MeasureAsync(request, answers, context, cancellationToken).ConfigureAwait(false);
                for (var first = 0; first < answers.Count; first++)
                {
                    for (var second = first + 1; second < answers.Count; second++)
                    {
                        matrix[first, second] ??= next[first, second];
                    }
                }
            }

            return matrix;
        }
    }
}
