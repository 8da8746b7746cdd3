using System.Diagnostics;
using System.Globalization;
using LlmCascade.Calibration;
using LlmCascade.Students;

namespace LlmCascade.Benchmarks;

/// <summary>Times the library and what it is built on by turns, so that a busy machine is busy for both.</summary>
internal static class ByTurns
{
    private const int Rounds = 60;
    private const int WarmUps = 5;
    private const int Texts = 1000;

    /// <summary>Compares a step of fine-tuning, published, with its TorchSharp operations.</summary>
    public static void FineTuning()
    {
        foreach (var dropout in new[] { 0, 0.1 })
        {
            using var benchmark = new FineTuningBenchmarks { Dropout = dropout };
            benchmark.Setup();
            Compare(string.Create(CultureInfo.InvariantCulture, $"fine-tuning, dropout {dropout}"), () => benchmark.Step(), () => benchmark.Bare());
        }
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

    /// <summary>Compares the logistic regression that students are by default with that of TorchSharp: all lessons of 1,000 texts and as many predictions.</summary>
    public static async Task LogisticRegression()
    {
        foreach (var labels in new[] { 2, 77 })
        {
            var random = new SplitMix(1);
            string[] texts = [.. Enumerable.Range(0, Texts).Select(_ => GeneratedTexts.MakeItem(labels, random).Split('\t')[1])];
            var space = new LabelSpace([.. Enumerable.Range(0, labels).Select(i => $"label{i}")]);
            for (var round = 0; round < 3; round++)
            {
                var managed = await LearnAsync(LogisticStudent.Create(space, seed: 1), texts);
                using var torch = new TorchLogisticRegressionStudent(space, seed: 1, "cpu");
                var other = await LearnAsync(torch, texts);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{labels} labels: managed {managed:0.0} s, TorchSharp {other:0.0} s"));
            }
        }
    }

    private static async Task<double> LearnAsync(IStudent student, string[] texts)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < texts.Length; i++)
        {
            await student.PredictAsync(texts[i]);
            await student.LearnAsync(new Demonstration(texts[i], i % student.Labels.Labels.Length));
        }

        return Stopwatch.GetElapsedTime(start).TotalSeconds;
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
