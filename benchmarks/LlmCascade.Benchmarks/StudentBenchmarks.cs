using BenchmarkDotNet.Attributes;
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
        var random = new Calibration.SplitMix(1);
        _texts = [.. Enumerable.Range(0, Texts).Select(_ => string.Join(' ', Enumerable.Range(0, 30).Select(_ => Word(random))))];
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

    // Few words are frequent and many are rare.
    private static string Word(Calibration.SplitMix random)
    {
        var rank = (int)Math.Exp(Math.Log(20_000) * random.NextDouble());
        return string.Concat("kato"[rank % 4], "eiou"[rank / 4 % 4], "rlns"[rank / 16 % 4], "aeiu"[rank / 64 % 4], "tdmg"[rank / 256 % 4]) + (rank >= 1024 ? $"{(char)('a' + (rank / 1024))}" : "");
    }
}
