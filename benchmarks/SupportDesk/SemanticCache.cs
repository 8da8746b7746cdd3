using System.Numerics.Tensors;
using Microsoft.Extensions.AI;

namespace SupportDesk;

/// <summary>What people use instead: the stored answer to the most similar question, where it is similar enough, else the expert's, which is stored.</summary>
internal static class SemanticCache
{
    public static Run Ask(Question[] questions, float[][] embeddings, double threshold)
    {
        var fees = new Fees();
        List<int> stored = [];
        List<Asked> asked = [];
        HashSet<string> kinds = [];
        for (var i = 0; i < questions.Length; i++)
        {
            var nearest = stored.Count == 0 ? -1 : stored.MaxBy(each => TensorPrimitives.Dot<float>(embeddings[each], embeddings[i]));
            double? similarity = nearest < 0 ? null : TensorPrimitives.Dot<float>(embeddings[nearest], embeddings[i]);
            var isKept = similarity >= threshold;
            asked.Add(new Asked(questions[i], kinds.Add(questions[i].Kind), similarity, nearest >= 0 && questions[nearest].Answer == questions[i].Answer, nearest >= 0, isKept));
            fees.AddEmbedding(questions[i]);
            if (!isKept)
            {
                fees.AddExpert(questions[i]);
                stored.Add(i);
            }
        }

        return new Run([.. asked], fees);
    }

    public static async Task<float[][]> EmbedAsync(Question[] questions, IEmbeddingGenerator<string, Embedding<float>> embeddings)
    {
        List<float[]> all = [];
        foreach (var question in questions)
        {
            all.Add((await embeddings.GenerateAsync([question.Text]))[0].Vector.ToArray());
        }

        return [.. all];
    }
}
