namespace LlmCascade.Evaluation.Measuring;

/// <summary>What one tier answered, and what it would have answered.</summary>
internal sealed class TierCounts(string name)
{
    private int _rightAnswers;
    private int _comparable;
    private int _agreeing;
    private int _all;

    public int Answered { get; private set; }

    public int Right { get; private set; }

    public double AccuracyOnAll => (double)Right / _all;

    public void Add(RecordedItem item, string? label, bool answered)
    {
        _all++;
        var isRight = label == item.Gold;
        Right += isRight ? 1 : 0;
        if (!answered)
        {
            return;
        }

        Answered++;
        _rightAnswers += isRight ? 1 : 0;
        if (item.Expert is { } said)
        {
            _comparable++;
            _agreeing += label == said ? 1 : 0;
        }
    }

    public TierScore Score() => new(name, Answered, Ratio(_rightAnswers, Answered), Ratio(_agreeing, _comparable), AccuracyOnAll);

    private static double? Ratio(int part, int whole) => whole == 0 ? null : (double)part / whole;
}
