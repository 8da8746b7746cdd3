using BenchmarkDotNet.Attributes;
using LlmCascade.Calibration;
using LlmCascade.Embeddings;
using LlmCascade.Students;

namespace LlmCascade.Benchmarks;

/// <summary>What a student takes for a text of 30 words, its features included.</summary>
[MemoryDiagnoser]
public class StudentBenchmarks
{
    private const int Bits = 20;
    private const int Texts = 2000;

    private readonly HashedFeatures _features = new(Bits, characterNGrams: true, seed: 1);
    private string[] _texts = null!;
    private LogisticTrainer _trainer = null!;
    private LogisticTrainer _learning = null!;
    private LogisticModel _model = null!;
    private double[] _probabilities = null!;
    private int _next;

    /// <summary>Gets or sets the number of labels.</summary>
    [Params(2, 7)]
    public int Labels { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var random = new SplitMix(1);
        _texts = [.. Enumerable.Range(0, Texts).Select(_ => GeneratedTexts.MakeItem(Labels, random).Split('\t')[1])];
        _trainer = Trainer();
        foreach (var text in _texts)
        {
            using var features = _features.Extract(text);
            _trainer.Remember(features.Indices, random.Below(Labels));
        }

        _trainer.Replay();
        _model = _trainer.Model;
        _probabilities = new double[Labels];
    }

    [IterationSetup(Target = nameof(Learn))]
    public void Forget() => _learning = Trainer();

    [Benchmark]
    public double Predict()
    {
        using var features = _features.Extract(_texts[_next++ % Texts]);
        _model.Predict(features.Indices, _probabilities);
        return _probabilities[0];
    }

    /// <summary>Without the replay, which comes once for a twentieth more demonstrations.</summary>
    [Benchmark(OperationsPerInvoke = Texts)]
    public int Learn()
    {
        for (var i = 0; i < Texts; i++)
        {
            using var features = _features.Extract(_texts[i]);
            _learning.Remember(features.Indices, i % Labels);
        }

        return _learning.Demonstrations;
    }

    private LogisticTrainer Trainer() => new(new LogisticSettings(Labels, 1 << Bits), seed: 1);
}
