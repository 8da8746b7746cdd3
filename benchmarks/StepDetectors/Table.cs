namespace StepDetectors;

/// <summary>Figures that are told together.</summary>
/// <param name="Id">Its name in JSON.</param>
/// <param name="Title">What it is about, in a line.</param>
/// <param name="Columns">What each cell of a row is.</param>
internal sealed record Table(string Id, string Title, params string[] Columns)
{
    private readonly List<object[]> _rows = [];

    /// <summary>Gets the rows: texts, counts and figures.</summary>
    public IReadOnlyList<object[]> Rows => _rows;

    /// <summary>Gets what has to be known about the figures.</summary>
    public string[] Notes { get; init; } = [];

    public void Add(params object[] cells) => _rows.Add(cells.Length == Columns.Length
        ? cells
        : throw new ArgumentException($"A row of '{Id}' has {cells.Length} cells and not {Columns.Length}.", nameof(cells)));
}
