using BenchmarkDotNet.Attributes;
using LlmCascade.Agreement;
using LlmCascade.Calibration;
using LlmCascade.Embeddings;
using Microsoft.Extensions.AI;

namespace LlmCascade.Benchmarks;

/// <summary>What it takes to compare five answers of 300 words, two thirds of which they share.</summary>
[MemoryDiagnoser]
public class AgreementBenchmarks
{
    private const int Answers = 5;
    private const int Sentences = 10;

    private readonly GenerationRequest _request = new("How long?");
    private readonly IAgreementMeasure _nGrams = SimilarityMeasure.CharacterNGrams();
    private readonly IAgreementMeasure _semantic = SimilarityMeasure.Semantic(new HashedEmbeddingGenerator());
    private Generation[] _answers = null!;

    [GlobalSetup]
    public void Setup()
    {
        var random = new SplitMix(1);
        var shared = Enumerable.Range(0, Sentences).Select(_ => Sentence(random)).ToArray();
        _answers = [.. Enumerable.Range(0, Answers).Select(_ => Answer(string.Join(' ', shared.Select(sentence => random.Below(3) == 0 ? Sentence(random) : sentence))))];
    }

    [Benchmark]
    public AgreementScore Default() => Score(SimilarityMeasure.Default);

    /// <summary>With hashed embeddings; what a model takes comes on top.</summary>
    [Benchmark]
    public AgreementScore Semantic() => Score(_semantic);

    [Benchmark]
    public AgreementScore TokenF1() => Score(SimilarityMeasure.TokenF1);

    [Benchmark]
    public AgreementScore RougeL() => Score(SimilarityMeasure.RougeL);

    [Benchmark]
    public AgreementScore CharacterNGrams() => Score(_nGrams);

    [Benchmark]
    public AgreementScore SameQuantities() => Score(SimilarityMeasure.SameQuantities);

    private static Generation Answer(string text) => new(new ChatResponse(new ChatMessage(ChatRole.Assistant, text)));

    // Thirty words with a number among them.
    private static string Sentence(SplitMix random)
    {
        var words = GeneratedTexts.MakeItem(2, random).Split('\t')[1].Split(' ');
        words[random.Below(words.Length)] = $"{random.Below(100)} km";
        return string.Join(' ', words) + ".";
    }

    private AgreementScore Score(IAgreementMeasure measure)
    {
        // None of them waits for anybody here.
        var measuring = measure.MeasureAsync(_request, _answers);
        return AgreementScore.Of(measuring.GetAwaiter().GetResult());
    }
}
