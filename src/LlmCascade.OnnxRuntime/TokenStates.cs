using System.Numerics.Tensors;
using LlmCascade.Encoders;
using Microsoft.ML.OnnxRuntime;

namespace LlmCascade;

/// <summary>The embeddings of the tokens of a batch, in memory of ONNX Runtime.</summary>
internal sealed class TokenStates(TokenBatch batch, IDisposableReadOnlyCollection<OrtValue> values, int dimensions) : IDisposable
{
    /// <summary>Makes one embedding of those of a text's tokens.</summary>
    /// <param name="row">The text.</param>
    /// <param name="pooling">How.</param>
    /// <param name="normalizes">Whether it is scaled to a length of 1.</param>
    public float[] Pool(int row, EmbeddingPooling pooling, bool normalizes)
    {
        var states = values[0].GetTensorDataAsSpan<float>().Slice(row * batch.Columns * dimensions, batch.Columns * dimensions);
        var pooled = states[..dimensions].ToArray();
        if (pooling == EmbeddingPooling.Mean)
        {
            var length = batch.LengthOf(row);
            for (var token = 1; token < length; token++)
            {
                TensorPrimitives.Add(pooled, states.Slice(token * dimensions, dimensions), pooled);
            }

            TensorPrimitives.Divide(pooled, length, pooled);
        }

        if (normalizes && TensorPrimitives.Norm<float>(pooled) is var norm and > 0)
        {
            TensorPrimitives.Divide(pooled, norm, pooled);
        }

        return pooled;
    }

    public void Dispose() => values.Dispose();
}
