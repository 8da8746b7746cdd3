namespace SupportDesk;

/// <summary>What came of all questions.</summary>
/// <param name="Asked">Each question.</param>
/// <param name="Fees">What it cost.</param>
internal sealed record Run(Asked[] Asked, Fees Fees)
{
    /// <summary>Puts runs over several orders of the questions together.</summary>
    public static Run Of(Run[] runs) => new([.. runs.SelectMany(run => run.Asked)], Fees.Of(runs.Select(run => run.Fees)));
}
