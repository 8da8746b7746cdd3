using System.Diagnostics.CodeAnalysis;

namespace LlmCascade;

/// <summary>Says how often a cascade may ask its expert.</summary>
/// <remarks>
/// Thread-safe. Where a call is refused, the cascade answers with what a tier has said, kept or not; where no tier has
/// an answer, the request fails.
/// </remarks>
[Experimental("LLMC001")]
public interface IExpertBudget
{
    /// <summary>Counts a request. The cascade says so once for each, in the order in which they are called.</summary>
    void CountRequest();

    /// <summary>Takes one call of the expert.</summary>
    /// <returns><see langword="false"/> when no call may be made now.</returns>
    bool TryTake();

    /// <summary>Gives back a call that was taken and not made, because the request was cancelled first.</summary>
    void GiveBack();
}
