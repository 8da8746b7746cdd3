using System.Text.RegularExpressions;

namespace LlmCascade.Evaluation.Measuring;

/// <summary>BLEU as sacrebleu computes it by default: the tokens of mteval-v13a, case kept, precisions of 0 smoothed exponentially; from 0 to 100.</summary>
internal static partial class Bleu
{
    /// <summary>How many numbers of a text <see cref="Counts"/> gives, which are added up over texts.</summary>
    public const int Numbers = (2 * Orders) + 2;

    private const int Orders = 4;

    /// <summary>Counts a text: which of its word sequences the reference has, how many it has at all, and both lengths.</summary>
    public static double[] Counts(string text, string reference)
    {
        var (said, right) = (Tokenize(text), Tokenize(reference));
        var counts = new double[Numbers];
        for (var order = 1; order <= Orders; order++)
        {
            var (ours, theirs) = (SequencesOf(said, order), SequencesOf(right, order));
            counts[order - 1] = ours.Sum(each => Math.Min(each.Value, theirs.GetValueOrDefault(each.Key)));
            counts[Orders + order - 1] = Math.Max(0, said.Length - order + 1);
        }

        (counts[^2], counts[^1]) = (said.Length, right.Length);
        return counts;
    }

    /// <summary>Computes BLEU of one text, which counts only the orders that it is long enough for.</summary>
    public static double Of(string text, string reference) => Of(Counts(text, reference), isOneText: true);

    /// <summary>Computes BLEU of the sums of counts.</summary>
    /// <param name="counts">The sums; of texts that are there with a probability, the expected ones.</param>
    /// <param name="isOneText">Whether orders do not count for which there are no sequences.</param>
    public static double Of(ReadOnlySpan<double> counts, bool isOneText)
    {
        if (!counts[..Orders].ContainsAnyExcept(0))
        {
            return 0;
        }

        double logs = 0, smoothing = 1;
        var orders = Orders;
        for (var order = 0; order < Orders; order++)
        {
            var (right, all) = (counts[order], counts[Orders + order]);
            if (all == 0)
            {
                if (!isOneText)
                {
                    return 0;
                }

                orders = order;
                break;
            }

            smoothing *= right == 0 ? 2 : 1;
            logs += Math.Log(right == 0 ? 1 / (smoothing * all) : right / all);
        }

        var brevity = counts[^2] < counts[^1] ? 1 - (counts[^1] / counts[^2]) : 0;
        return 100 * Math.Exp(brevity + (logs / orders));
    }

    private static string[] Tokenize(string text)
    {
        var line = text.Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal).Replace('\n', ' ')
            .Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
            .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        line = Symbol().Replace($" {line} ", " $1 ");
        line = MarkAfterNoDigit().Replace(line, "$1 $2 ");
        line = MarkBeforeNoDigit().Replace(line, " $1 $2");
        return DashAfterDigit().Replace(line, "$1 $2 ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    private static Dictionary<string, int> SequencesOf(string[] tokens, int order)
    {
        var sequences = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var start = 0; start + order <= tokens.Length; start++)
        {
            var sequence = string.Join(' ', tokens, start, order);
            sequences[sequence] = sequences.GetValueOrDefault(sequence) + 1;
        }

        return sequences;
    }

    [GeneratedRegex(@"([{-~[-` -&(-+:-@/])", RegexOptions.CultureInvariant)]
    private static partial Regex Symbol();

    [GeneratedRegex("([^0-9])([.,])", RegexOptions.CultureInvariant)]
    private static partial Regex MarkAfterNoDigit();

    [GeneratedRegex("([.,])([^0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex MarkBeforeNoDigit();

    [GeneratedRegex("([0-9])(-)", RegexOptions.CultureInvariant)]
    private static partial Regex DashAfterDigit();
}
