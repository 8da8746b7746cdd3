namespace LlmCascade.Strategies.Retrieval;

/// <summary>What a search keeps of the block that it is in.</summary>
internal ref struct BlockSearch(Span<int> numbers, Span<float> bounds)
{
    /// <summary>How many numbers are needed.</summary>
    public const int Numbers = 3 * VectorIndex.RowsOfBlock;

    /// <summary>Gets the rows that may be among the best.</summary>
    public Span<int> Rows { get; } = numbers[..VectorIndex.RowsOfBlock];

    /// <summary>Gets the dot products of the upper bits of their codes.</summary>
    public Span<int> Dots { get; } = numbers.Slice(VectorIndex.RowsOfBlock, VectorIndex.RowsOfBlock);

    /// <summary>Gets the dot products of the lower bits of their codes.</summary>
    public Span<int> LowerDots { get; } = numbers[(2 * VectorIndex.RowsOfBlock)..Numbers];

    /// <summary>Gets the most that the score of each row of the block can be.</summary>
    public Span<float> Bounds { get; } = bounds;

    /// <summary>Gets or sets how many rows there are.</summary>
    public int Count { get; set; }

    /// <summary>Gets or sets how the query looks from there.</summary>
    public QueryInBlock Look { get; set; }
}
