using System.Diagnostics.CodeAnalysis;
using LlmCascade.Calibration;

namespace LlmCascade.Steps;

/// <summary>A share that was counted, with how well it is known.</summary>
/// <param name="Count">How many times it was so.</param>
/// <param name="Total">Out of how many times, at least 1.</param>
[Experimental("LLMC006")]
public sealed record StepRate(int Count, int Total)
{
    /// <summary>Gets the share, from 0 to 1.</summary>
    public double Value => (double)Count / Total;

    /// <summary>Gets the lower end of the interval of Wilson that holds the share with 95 %.</summary>
    public double Low => WilsonInterval.Of(Count, Total).Low;

    /// <summary>Gets the upper end of the interval of Wilson that holds the share with 95 %.</summary>
    public double High => WilsonInterval.Of(Count, Total).High;

    /// <summary>Makes a share; <see langword="null"/> of nothing.</summary>
    internal static StepRate? Of(int count, int total) => total == 0 ? null : new StepRate(count, total);

    /// <summary>Writes the share and its interval.</summary>
    /// <returns>A line for logs.</returns>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Value:0.000} ({Low:0.000} to {High:0.000}) of {Total}");
}
