using LlmCascade.Encoders;
using static TorchSharp.torch;

namespace LlmCascade.Bert;

/// <summary>Texts as numbers of tokens, filled up to the longest, with a mask of what is text.</summary>
internal readonly record struct TokenRows(Tensor Tokens, Tensor Mask)
{
    public static TokenRows Create(ReadOnlySpan<int[]> texts, int padding, Device device)
    {
        var batch = TokenBatch.Create(texts, padding);
        long[] shape = [batch.Rows, batch.Columns];
        return new TokenRows(tensor(batch.Tokens, shape, device: device), tensor(batch.Mask, shape, device: device));
    }
}
