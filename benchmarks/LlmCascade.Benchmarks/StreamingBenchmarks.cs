using BenchmarkDotNet.Attributes;
using LlmCascade.Calibration;
using Microsoft.Extensions.AI;

namespace LlmCascade.Benchmarks;

/// <summary>What a cascade adds to a streamed request; the difference between the two sizes is the cost of 990 updates.</summary>
[MemoryDiagnoser]
public class StreamingBenchmarks
{
    private IChatClient _direct = null!;
    private IChatClient _oneTier = null!;
    private IChatClient _mean = null!;
    private IChatClient _quantile = null!;
    private IChatClient _expert = null!;

    [Params(10, 1000)]
    public int Updates { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _direct = Workload.Direct(Updates);
        _oneTier = Workload.OneTierKept(_direct);
        _mean = Workload.OneTierMeasured(_direct, TokenConfidence.Mean);
        _quantile = Workload.OneTierMeasured(_direct, TokenConfidence.Quantile(0.1));
        _expert = Workload.ExpertLive(_direct);
    }

    [Benchmark(Baseline = true)]
    public Task<int> Direct_Baseline() => ReadAsync(_direct);

    [Benchmark]
    public Task<int> OneTierKept() => ReadAsync(_oneTier);

    [Benchmark]
    public Task<int> OneTierTokenMean() => ReadAsync(_mean);

    [Benchmark]
    public Task<int> OneTierTokenQuantile() => ReadAsync(_quantile);

    [Benchmark]
    public Task<int> ExpertLive() => ReadAsync(_expert);

    private static async Task<int> ReadAsync(IChatClient client)
    {
        var count = 0;
        await foreach (var update in client.GetStreamingResponseAsync(Workload.Messages, Workload.Options))
        {
            count += update.Contents.Count;
        }

        return count;
    }
}
