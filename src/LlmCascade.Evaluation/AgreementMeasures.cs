using LlmCascade.Agreement;
using LlmCascade.Calibration;
using LlmCascade.Embeddings;
using Microsoft.Extensions.AI;

namespace LlmCascade.Evaluation;

/// <summary>The measures of agreement by the names that a user types.</summary>
internal static class AgreementMeasures
{
    public const string TokenF1 = "token-f1";
    public const string RougeL = "rouge-l";
    public const string Characters = "chars";
    public const string Cosine = "cosine";
    public const string Number = "number";
    public const string Label = "label";
    public const string Composite = "composite";

    public static IReadOnlyList<string> Names { get; } = [TokenF1, RougeL, Characters, Cosine, Number, Label, Composite];

    /// <summary>Finds a measure.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="embedder">What embeds texts; <see langword="null"/> for the managed embedding of words.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public static IAgreementMeasure Of(string name, IEmbeddingGenerator<string, Embedding<float>>? embedder) => name switch
    {
        TokenF1 or RougeL or Characters or Cosine or Composite => new StandIn(name),
        Number => AgreementMeasure.SameNumber,
        Label => AgreementMeasure.FirstThatTells("label-or-text-v1", AgreementMeasure.SameLabel, AgreementMeasure.SameText),
        _ => throw new ArgumentException($"There is no measure '{name}'; there are {string.Join(", ", Names)}."),
    };

    private sealed class StandIn(string id) : IAgreementMeasure
    {
        public string Id => id;

        public ValueTask<AgreementMatrix> MeasureAsync(
            GenerationRequest request, IReadOnlyList<Generation> answers, CancellationToken cancellationToken = default)
        {
            var matrix = new AgreementMatrix(answers.Count);
            for (var second = 1; second < answers.Count; second++)
            {
                for (var first = 0; first < second; first++)
                {
                    var (a, b) = (answers[first].Response.Text, answers[second].Response.Text);
                    matrix[first, second] = id == "composite" && NumbersInText.Of(a) is [.., var x] && NumbersInText.Of(b) is [.., var y] ? x == y ? 1 : 0 : F1(a, b);
                }
            }

            return new(matrix);
        }

        internal static double F1(string a, string b)
        {
            var (x, y) = (PlainText.Of(a).Split(' ').CountBy(w => w).ToDictionary(), PlainText.Of(b).Split(' ').CountBy(w => w).ToDictionary());
            return 2.0 * x.Sum(w => Math.Min(w.Value, y.GetValueOrDefault(w.Key))) / (x.Values.Sum() + y.Values.Sum());
        }
    }
}
