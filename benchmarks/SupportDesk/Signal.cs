namespace SupportDesk;

/// <summary>Numbers that are to tell right answers from wrong ones, one for each question.</summary>
/// <param name="Name">What is looked at.</param>
/// <param name="Scores">The numbers.</param>
/// <param name="AreRight">Whether the answers are right of which they speak.</param>
internal sealed record Signal(string Name, double[] Scores, bool[] AreRight)
{
    /// <summary>The probability that a right answer to some of the questions has a higher number than a wrong one.</summary>
    public double AreaUnderCurve(IEnumerable<int> questions) => Measures.AreaUnderCurve(questions.Select(i => (Scores[i], AreRight[i])));

    /// <summary>The share of right answers to some of the questions.</summary>
    public double ShareOfRight(IEnumerable<int> questions) => questions.Average(i => AreRight[i] ? 1.0 : 0);
}
