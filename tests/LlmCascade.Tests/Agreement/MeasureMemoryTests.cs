using LlmCascade.Agreement;
using LlmCascade.Calibration;
using LlmCascade.Tests.Encoders;
using Xunit;

namespace LlmCascade.Tests.Agreement;

[Collection(nameof(MeasuringMemory))]
public sealed class MeasureMemoryTests
{
    [Fact]
    public async Task Scoring_five_answers_of_300_words_allocates_50_kilobytes_at_most()
    {
        var random = new SplitMix(1);
        Generation[] answers = [.. Enumerable.Range(0, 5).Select(_ => Pair.Answer(Text(random)))];

        // What the runtime allocates while it makes code faster is none of the measure's.
        var least = long.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var matrix = await SimilarityMeasure.Default.MeasureAsync(Pair.Request, answers, TestContext.Current.CancellationToken);
            AgreementScore.Of(matrix);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.InRange(least, 1, 50_000);
    }

    private static string Text(SplitMix random) => string.Join(' ', Enumerable.Range(0, 300).Select(i =>
        i % 30 == 29 ? $"{random.Next() % 100} km." : $"{(char)('a' + (random.Next() % 20))}{(char)('a' + (random.Next() % 20))}word"));
}
