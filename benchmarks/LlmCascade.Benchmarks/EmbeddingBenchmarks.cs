using BenchmarkDotNet.Attributes;
using Microsoft.ML.OnnxRuntime;

namespace LlmCascade.Benchmarks;

/// <summary>Embeddings of 32 texts of 64 tokens, beside a bare session of ONNX Runtime that runs the same batch. It needs the model beside the repository and measures nothing without it.</summary>
public class EmbeddingBenchmarks : IDisposable
{
    private const int Texts = 32;
    private const int Tokens = 64;

    private static readonly string? _folder = FindModel();

    private readonly string[] _texts = [.. Enumerable.Repeat(string.Join(' ', Enumerable.Repeat("word", Tokens - 2)), Texts)];
    private readonly long[] _numbers = [.. Enumerable.Range(0, Texts * Tokens).Select(i => i % Tokens == 0 ? 101L : i % Tokens == Tokens - 1 ? 102 : 2773)];
    private OnnxEmbeddingGenerator? _generator;
    private InferenceSession? _session;

    /// <summary>Gets or sets the file of the model.</summary>
    [Params("model.onnx", "model_int8.onnx")]
    public string File { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        if (_folder is null)
        {
            Console.WriteLine("There is no ../shared/models/all-MiniLM-L6-v2.");
            return;
        }

        _generator = new OnnxEmbeddingGenerator(_folder, new OnnxEmbeddingOptions { ModelFile = File });
        _session = new InferenceSession(Path.Combine(_folder, File));
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _generator?.Dispose();
        _session?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public async Task<int> Embed() => _generator is null ? 0 : (await _generator.GenerateAsync(_texts)).Count;

    [Benchmark(Baseline = true)]
    public int Bare()
    {
        if (_session is null)
        {
            return 0;
        }

        long[] shape = [Texts, Tokens];
        using var options = new RunOptions();
        using var tokens = OrtValue.CreateTensorValueFromMemory(_numbers, shape);
        using var mask = OrtValue.CreateTensorValueFromMemory(Enumerable.Repeat(1L, Texts * Tokens).ToArray(), shape);
        using var types = OrtValue.CreateTensorValueFromMemory(new long[Texts * Tokens], shape);
        using var states = _session.Run(options, ["input_ids", "attention_mask", "token_type_ids"], [tokens, mask, types], _session.OutputNames);
        return states.Count;
    }

    private static string? FindModel()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var model = Path.Combine(folder.FullName, "shared", "models", "all-MiniLM-L6-v2");
            if (Directory.Exists(model))
            {
                return model;
            }
        }

        return null;
    }
}
