namespace LlmCascade.Encoders;

/// <summary>Texts as numbers of tokens, all as long as the longest.</summary>
internal sealed class TokenBatch
{
    private TokenBatch(int rows, int columns)
    {
        Rows = rows;
        Columns = columns;
        Tokens = new long[rows * columns];
        Mask = new long[rows * columns];
    }

    public int Rows { get; }

    public int Columns { get; }

    public long[] Tokens { get; }

    /// <summary>Gets 1 where there is a token, and 0 where a row is only filled up.</summary>
    public long[] Mask { get; }

    public static TokenBatch Create(ReadOnlySpan<int[]> texts, int padding)
    {
        var columns = 0;
        foreach (var text in texts)
        {
            columns = Math.Max(columns, text.Length);
        }

        var batch = new TokenBatch(texts.Length, columns);
        Array.Fill(batch.Tokens, padding);
        for (var row = 0; row < texts.Length; row++)
        {
            for (var i = 0; i < texts[row].Length; i++)
            {
                batch.Tokens[(row * columns) + i] = texts[row][i];
                batch.Mask[(row * columns) + i] = 1;
            }
        }

        return batch;
    }

    /// <summary>Counts the tokens of a row.</summary>
    public int LengthOf(int row)
    {
        var length = 0;
        while (length < Columns && Mask[(row * Columns) + length] == 1)
        {
            length++;
        }

        return length;
    }
}
