using System.Diagnostics;
using System.Globalization;

namespace LlmCascade.Benchmarks;

/// <summary>Times the library and what it is built on by turns, so that a busy machine is busy for both.</summary>
internal static class ByTurns
{
    private const int Rounds = 60;
    private const int WarmUps = 5;

    /// <summary>Compares a step of fine-tuning, published, with its TorchSharp operations.</summary>
    public static void FineTuning()
    {
        using var benchmark = new FineTuningBenchmarks();
        benchmark.Setup();
        Compare("fine-tuning", () => benchmark.Step(), () => benchmark.Bare());
    }

    /// <summary>Compares embeddings with a bare session of ONNX Runtime.</summary>
    public static void Embeddings()
    {
        foreach (var file in new[] { "model.onnx", "model_int8.onnx" })
        {
            using var benchmark = new EmbeddingBenchmarks { File = file };
            benchmark.Setup();
            Compare(file, () => benchmark.Embed().GetAwaiter().GetResult(), () => benchmark.Bare());
        }
    }

    private static void Compare(string name, Action ours, Action bare)
    {
        var (oursTimes, bareTimes) = (new double[Rounds], new double[Rounds]);
        var (oursBytes, bareBytes) = (0L, 0L);
        for (var round = -WarmUps; round < Rounds; round++)
        {
            var (time, bytes) = Measure(ours);
            var (bareTime, allocated) = Measure(bare);
            if (round >= 0)
            {
                (oursTimes[round], bareTimes[round]) = (time, bareTime);
                oursBytes += bytes;
                bareBytes += allocated;
            }
        }

        var ratios = oursTimes.Zip(bareTimes, (a, b) => a / b).Order().ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: ours {oursTimes.Average():0.0} ms and {oursBytes / 1024.0 / Rounds:0} KB, bare {bareTimes.Average():0.0} ms and {bareBytes / 1024.0 / Rounds:0} KB, ratio {oursTimes.Sum() / bareTimes.Sum():0.00} (half of {Rounds} pairs between {ratios[Rounds / 4]:0.00} and {ratios[3 * Rounds / 4]:0.00})"));
    }

    private static (double Milliseconds, long Bytes) Measure(Action work)
    {
        var bytes = GC.GetTotalAllocatedBytes();
        var start = Stopwatch.GetTimestamp();
        work();
        return (Stopwatch.GetElapsedTime(start).TotalMilliseconds, GC.GetTotalAllocatedBytes() - bytes);
    }
}
