namespace LlmCascade.Strategies.Retrieval;

/// <summary>A query as it looks from the centre of a block, with what estimates of its scores may be wrong.</summary>
internal readonly struct QueryInBlock
{
    /// <param name="query">The query.</param>
    /// <param name="centre">The centre; <see langword="null"/> for the origin.</param>
    /// <param name="centreNorm">The length of the centre.</param>
    /// <param name="largest">The length of the longest row, seen from the centre, or of its codes.</param>
    /// <param name="rounding">What sums can be wrong, as a share of the largest number in them.</param>
    public QueryInBlock(in QuantizedQuery query, float[]? centre, double centreNorm, double largest, double rounding)
    {
        CentreScore = centre is null ? 0 : DotProduct.Of(query.Numbers, centre);
        Along = CentreScore / centreNorm;
        Across = Math.Sqrt(Math.Max((query.Norm * query.Norm) - (Along * Along), 0)) + (rounding * query.Norm);
        CoarseError = query.CoarseError * largest;
        Error = query.Error * largest;
        Slack = rounding * query.Norm * (largest + centreNorm);
    }

    /// <summary>Gets the score of the centre.</summary>
    public double CentreScore { get; }

    /// <summary>Gets how long the query is in the direction of the centre.</summary>
    public double Along { get; }

    /// <summary>Gets how long it is across, or a little more.</summary>
    public double Across { get; }

    /// <summary>Gets what the coarse codes of the query may be wrong.</summary>
    public double CoarseError { get; }

    /// <summary>Gets what all its codes may be wrong.</summary>
    public double Error { get; }

    /// <summary>Gets what a few sums in single precision may be wrong.</summary>
    public double Slack { get; }
}
