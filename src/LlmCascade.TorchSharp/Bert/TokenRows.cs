using static TorchSharp.torch;

namespace LlmCascade.Bert;

/// <summary>Texts as numbers of tokens, filled up to the longest, with a mask of what is text.</summary>
internal readonly record struct TokenRows(Tensor Tokens, Tensor Mask)
{
    public static TokenRows Create(ReadOnlySpan<int[]> texts, int padding, Device device)
    {
        var columns = 0;
        foreach (var text in texts)
        {
            columns = Math.Max(columns, text.Length);
        }

        var (tokens, mask) = (new long[texts.Length * columns], new long[texts.Length * columns]);
        Array.Fill(tokens, padding);
        for (var row = 0; row < texts.Length; row++)
        {
            for (var i = 0; i < texts[row].Length; i++)
            {
                tokens[(row * columns) + i] = texts[row][i];
                mask[(row * columns) + i] = 1;
            }
        }

        long[] shape = [texts.Length, columns];
        return new TokenRows(tensor(tokens, shape, device: device), tensor(mask, shape, device: device));
    }
}
