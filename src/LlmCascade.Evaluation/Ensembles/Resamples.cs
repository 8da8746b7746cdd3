using LlmCascade.Evaluation.Measuring;

namespace LlmCascade.Evaluation.Ensembles;

/// <summary>Resamples of prompts, drawn once, so that everything that is measured on them is measured on the same ones.</summary>
internal sealed class Resamples
{
    private readonly int[][] _weights;

    /// <param name="groups">The number of each prompt's group, from 0. Groups are drawn, and with each all of its prompts.</param>
    /// <param name="seed">The seed of the draws.</param>
    public Resamples(int[] groups, ulong seed)
    {
        Once = [.. Enumerable.Repeat(1, groups.Length)];
        _weights = new int[Bootstrap.Resamples][];
        var draws = Bootstrap.Draws(seed, "agreement bootstrap");
        var drawn = new int[groups.Max() + 1];
        for (var resample = 0; resample < _weights.Length; resample++)
        {
            drawn.AsSpan().Clear();
            for (var i = 0; i < drawn.Length; i++)
            {
                drawn[draws.Below(drawn.Length)]++;
            }

            _weights[resample] = Array.ConvertAll(groups, group => drawn[group]);
        }
    }

    /// <summary>Gets the prompts as they are, each once.</summary>
    public int[] Once { get; }

    /// <summary>Draws single prompts.</summary>
    public static Resamples OfPrompts(int prompts, ulong seed) => new([.. Enumerable.Range(0, prompts)], seed);

    /// <summary>Measures one number on the prompts as they are, and tells its interval.</summary>
    public AgreementEstimate Estimate(Func<int[], double> measure, CancellationToken cancellationToken) =>
        Estimate(weights => [measure(weights)], cancellationToken)[0];

    /// <summary>Measures numbers on the prompts as they are, and tells their 95 % intervals.</summary>
    /// <param name="measure">Measures the numbers, given how often each prompt is there; called from several threads.</param>
    /// <param name="cancellationToken">Stops measuring.</param>
    public AgreementEstimate[] Estimate(Func<int[], double[]> measure, CancellationToken cancellationToken)
    {
        var resampled = new double[_weights.Length][];
        Parallel.For(0, resampled.Length, new ParallelOptions { CancellationToken = cancellationToken }, i => resampled[i] = measure(_weights[i]));
        return [.. measure(Once).Select((value, number) =>
        {
            var (low, high) = Bootstrap.Ends(Array.ConvertAll(resampled, each => each[number]));
            return new AgreementEstimate(value, low, high);
        })];
    }
}
