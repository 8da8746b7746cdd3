using LlmCascade.Calibration;

namespace LlmCascade.Tests.Students;

/// <summary>Texts that are made up, each with its label: words of the label among words that say nothing.</summary>
internal sealed class MadeUpTexts(ulong seed, params string[] labels)
{
    private const int WordsPerLabel = 40;
    private const int OtherWords = 400;

    private readonly SplitMix _random = new(seed);

    /// <summary>Gets the labels.</summary>
    public string[] Labels => labels;

    /// <summary>Makes a text of a label that chance picks, with the given weights; equal ones by default.</summary>
    public (string Text, string Label) Next(params double[] weights)
    {
        var label = Pick(weights.Length == 0 ? [.. labels.Select(_ => 1.0)] : weights);
        return (Of(label), labels[label]);
    }

    /// <summary>Makes a text of a label.</summary>
    public string Of(int label) => string.Join(' ', Enumerable.Range(0, 12).Select(
        _ => _random.NextDouble() < 0.35 ? $"{labels[label]}word{_random.Below(WordsPerLabel)}" : $"other{_random.Below(OtherWords)}"));

    private int Pick(double[] weights)
    {
        var left = _random.NextDouble() * weights.Sum();
        for (var i = 0; i < weights.Length - 1; i++)
        {
            left -= weights[i];
            if (left < 0)
            {
                return i;
            }
        }

        return weights.Length - 1;
    }
}
