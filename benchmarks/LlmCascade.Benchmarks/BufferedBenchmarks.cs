using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.AI;

namespace LlmCascade.Benchmarks;

/// <summary>What a cascade adds to a buffered request.</summary>
[MemoryDiagnoser]
public class BufferedBenchmarks
{
    private IChatClient _direct = null!;
    private IChatClient _oneTier = null!;
    private IChatClient _oneTierWithLimits = null!;
    private IChatClient _twoTiers = null!;

    [GlobalSetup]
    public void Setup()
    {
        _direct = Workload.Direct();
        _oneTier = Workload.OneTierKept(_direct);
        _oneTierWithLimits = Workload.OneTierKept(_direct, TimeSpan.FromSeconds(30));
        _twoTiers = Workload.TwoTiersToExpert(_direct);
    }

    [Benchmark(Baseline = true)]
    public Task<ChatResponse> Direct_Baseline() => _direct.GetResponseAsync(Workload.Messages, Workload.Options);

    [Benchmark]
    public Task<ChatResponse> OneTierKept() => _oneTier.GetResponseAsync(Workload.Messages, Workload.Options);

    [Benchmark]
    public Task<ChatResponse> OneTierKept_WithLimits() => _oneTierWithLimits.GetResponseAsync(Workload.Messages, Workload.Options);

    [Benchmark]
    public Task<ChatResponse> TwoTiersToExpert() => _twoTiers.GetResponseAsync(Workload.Messages, Workload.Options);
}
