using System.Diagnostics.CodeAnalysis;
using LlmCascade.Agreement;

namespace LlmCascade;

/// <content>What is said about several answers to one request.</content>
public sealed partial class TierBuilder
{
    /// <summary>Lets several models answer together. How much they agree is the confidence, which <see cref="DeferBelow"/> needs.</summary>
    /// <param name="configure">Names the members, two at least, and says how their answers become one.</param>
    /// <returns>This builder.</returns>
    /// <remarks>What <see cref="EnsembleGenerator"/> says holds. Each member has its own model, prices and time limit; those of the tier are not theirs.</remarks>
    [Experimental("LLMC005")]
    public TierBuilder UseEnsemble(Action<EnsembleBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        var ensemble = new EnsembleBuilder();
        configure(ensemble);
        Setup.Use(ensemble);
        return this;
    }

    /// <summary>Asks the tier's generator several times. How much the answers agree is the confidence, which <see cref="DeferBelow"/> needs.</summary>
    /// <param name="samples">How often, from 2 to 32.</param>
    /// <param name="configure">Says how the answers become one; by default as an ensemble's do.</param>
    /// <returns>This builder.</returns>
    /// <remarks>What <see cref="SamplingGenerator"/> says holds.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is outside its range.</exception>
    [Experimental("LLMC005")]
    public TierBuilder WithSampling(int samples, Action<AgreementOptions>? configure = null)
    {
        if (samples is < 2 or > AgreementScore.MostCandidates)
        {
            throw new ArgumentOutOfRangeException(nameof(samples), samples, "Between 2 and 32 samples can agree.");
        }

        var options = new AgreementOptions();
        configure?.Invoke(options);
        Setup.Sampling = (samples, options);
        return this;
    }
}
