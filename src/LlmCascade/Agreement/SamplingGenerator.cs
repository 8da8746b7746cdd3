using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;

namespace LlmCascade.Agreement;

/// <summary>Asks one generator several times, and gives the answer that agrees most with the others.</summary>
/// <remarks>
/// This is self-consistency (Wang et al., arXiv 2203.11171) with the measures of semantic agreement: it needs one model only, whose samples share its errors, so that
/// agreement means less than that of different models. Everything else is as in <see cref="EnsembleGenerator"/>; samples are never taken from elsewhere. A temperature that the generator itself
/// sets is the host's affair.
/// </remarks>
[Experimental("LLMC005")]
public sealed class SamplingGenerator : IGenerator, IWrappingGenerator
{
    private readonly EnsembleMember[] _samples;
    private readonly Consensus _consensus;

    /// <summary>Initializes a generator.</summary>
    /// <param name="generator">Who answers.</param>
    /// <param name="samples">How often it is asked, from 2 to 32.</param>
    /// <param name="options">How the samples become one answer; the defaults where it is <see langword="null"/>. It is copied.</param>
    /// <exception cref="ArgumentException"><paramref name="samples"/> or an option is outside its range.</exception>
    public SamplingGenerator(IGenerator generator, int samples, AgreementOptions? options = null)
        : this(generator, samples, options, prices: null, logger: null)
    {
    }

    internal SamplingGenerator(IGenerator generator, int samples, AgreementOptions? options, Prices? prices, ILogger? logger)
    {
        ArgumentNullException.ThrowIfNull(generator);
        if (samples is < 2 or > AgreementScore.MostCandidates)
        {
            throw new ArgumentOutOfRangeException(nameof(samples), samples, $"Between 2 and {AgreementScore.MostCandidates} samples can agree.");
        }

        Samples = samples;
        _samples = [.. Enumerable.Range(1, samples).Select(number => new EnsembleMember($"sample {number}", generator) { Prices = prices })];
        _consensus = new Consensus(AgreementOptions.Checked(options), [.. _samples.Select(sample => sample.Identity)], areNamed: false, logger);
    }

    /// <summary>Gets who answers.</summary>
    public IGenerator Inner => _samples[0].Generator;

    /// <summary>Gets how often it is asked.</summary>
    public int Samples { get; }

    /// <summary>Gets the temperature of requests that ask for none, or for 0, where all samples would be the same.</summary>
    /// <value>Above 0; 0.7 by default. Each sample has a seed of its own.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is not above 0.</exception>
    public float Temperature
    {
        get;
        init => field = value > 0 && float.IsFinite(value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Samples at this temperature would all be the same; it is above 0.");
    } = 0.7f;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">No sample can be used; the message says why for each.</exception>
    public ValueTask<Generation> GenerateAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(context);
        var panel = new Panel(request, context, _consensus, TimeProvider.System);
        foreach (var sample in _samples)
        {
            var options = request.Options?.Clone() ?? new ChatOptions();
            options.Temperature = options.Temperature is > 0 and var asked ? asked : Temperature;

            // Providers take seeds of 31 bits.
            options.Seed = (long)(context.Seed(sample.Name) >> 33);
            panel.Add(sample, request with { Options = options }, reuses: false);
        }

        return panel.AnswerAsync(cancellationToken);
    }
}
