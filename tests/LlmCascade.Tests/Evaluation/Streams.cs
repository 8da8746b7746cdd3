using LlmCascade.Calibration;
using LlmCascade.Evaluation;

namespace LlmCascade.Tests.Evaluation;

/// <summary>Streams that tests make up.</summary>
internal static class Streams
{
    /// <summary>Makes a stream of two labels, two thirds <c>yes</c>, whose expert is wrong about every eighth item and unparsed at every tenth.</summary>
    public static RecordedStream Random(int items, ulong seed = 1)
    {
        var draws = new SplitMix(seed);
        return new(Enumerable.Range(0, items).Select(i =>
        {
            var gold = draws.Below(3) == 0 ? "no" : "yes";
            var wrong = gold == "no" ? "yes" : "no";
            return new RecordedItem($"text {i}", gold, draws.Below(10) == 0 ? null : draws.Below(8) == 0 ? wrong : gold);
        }));
    }

    public static string ToTable(this RecordedStream stream) =>
        "text\tgold\texpert\n" + string.Concat(stream.Items.Select(item => $"{item.Text}\t{item.Gold}\t{item.Expert}\n"));
}
