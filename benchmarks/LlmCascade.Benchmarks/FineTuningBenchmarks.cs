using BenchmarkDotNet.Attributes;
using LlmCascade.Bert;
using LlmCascade.Calibration;
using static TorchSharp.torch;

namespace LlmCascade.Benchmarks;

/// <summary>One step of fine-tuning: eight texts of 64 tokens, an encoder of six layers of 384 numbers.</summary>
public class FineTuningBenchmarks : IDisposable
{
    private const int Texts = 8;
    private const int Tokens = 64;

    private static readonly BertConfig _config = new(Hidden: 384, Layers: 6, Heads: 12, Intermediate: 1536, Vocabulary: 30522);

    private readonly SplitMix _random = new(1);
    private BertTrainer _trainer = null!;
    private BertModel _published = null!;
    private int[] _text = null!;
    private Dictionary<string, Tensor> _weights = null!;
    private Tensor _block = null!;
    private Tensor _gradients = null!;
    private Tensor _first = null!;
    private Tensor _second = null!;
    private Tensor _scratch = null!;
    private Tensor _tokens = null!;
    private Tensor _labels = null!;

    /// <summary>Gets or sets the share of numbers that are left out.</summary>
    [Params(0.0, 0.1)]
    public double Dropout { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        TorchBackend.Open("cpu");
        var layout = new WeightLayout(_config, 2, hasPooler: false);
        var options = new BertOptions { MaxTokens = Tokens, StepsPerDemonstration = 1, LabelSmoothing = 0, Dropout = Dropout };
        var weights = BertWeights.Random(_config, layout, frozenGroups: 1, _random.NextDouble);
        _trainer = new BertTrainer(_config, weights, options, _random, CPU, padding: 0);
        _published = new BertModel(_config, weights.Clone(), CPU, 0);
        _text = [.. Enumerable.Range(0, Tokens).Select(_ => 1 + _random.Below(30_000))];
        for (var i = 0; i < Texts; i++)
        {
            _trainer.Learn(_text, i % 2);
        }

        SetUpBare(layout, weights.Clone());
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _trainer.Dispose();
        _published.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A lesson with its step, published.</summary>
    [Benchmark]
    public long Step()
    {
        _trainer.Learn(_text, _random.Below(2));
        _published.CopyFrom(_trainer.Weights);
        return _trainer.Steps;
    }

    /// <summary>The operations that a step consists of, called one after the other.</summary>
    [Benchmark(Baseline = true)]
    public float Bare()
    {
        using var scope = NewDisposeScope();
        _gradients.zero_();
        var loss = nn.functional.cross_entropy(Score(), _labels);
        loss.backward();
        using var still = no_grad();
        _gradients.mul_(1 / Math.Max(1, _gradients.norm().item<float>()));
        _first.lerp_(_gradients, 0.1);
        _second.mul_(0.999).addcmul_(_gradients, _gradients, 0.001);
        _scratch.copy_(_second).sqrt_().add_(1e-8);
        _block.mul_(1 - 1e-6).addcdiv_(_first, _scratch, -1e-4);
        return loss.item<float>();
    }

    private void SetUpBare(WeightLayout layout, BertWeights weights)
    {
        _block = weights.Trained;
        (_gradients, _first, _second, _scratch) = (zeros_like(_block), zeros_like(_block), zeros_like(_block), zeros_like(_block));
        _weights = layout.All.ToDictionary(place => place.Name, place => weights.Find(place).detach());
        foreach (var place in layout.All.Where(place => place.Group > 0))
        {
            _weights[place.Name].requires_grad = true;
            _weights[place.Name].grad = _gradients.narrow(0, place.Offset - weights.FrozenLength, place.Length).view(place.Shape);
        }

        _tokens = tensor(Enumerable.Repeat(_text.Select(token => (long)token), Texts).SelectMany(row => row).ToArray(), [Texts, Tokens]);
        _labels = tensor(new long[] { 0, 1, 0, 1, 0, 1, 0, 1 });
    }

    private Tensor Score()
    {
        var states = _weights["embeddings.word_embeddings.weight"].index_select(0, _tokens.reshape(-1)).view(Texts, Tokens, _config.Hidden)
            + _weights["embeddings.position_embeddings.weight"].narrow(0, 0, Tokens) + _weights["embeddings.token_type_embeddings.weight"][0];
        states = Drop(Norm(states, "embeddings.LayerNorm"));
        for (var layer = 0; layer < _config.Layers; layer++)
        {
            var name = $"encoder.layer.{layer}.";
            var (query, key, value) = (Heads(states, name + "attention.self.query"), Heads(states, name + "attention.self.key"), Heads(states, name + "attention.self.value"));
            var attention = Drop(nn.functional.softmax(query.matmul(key.transpose(-2, -1)).div_(Math.Sqrt(_config.Hidden / _config.Heads)), -1));
            var mixed = Linear(attention.matmul(value).transpose(1, 2).reshape(Texts, Tokens, _config.Hidden), name + "attention.output.dense");
            states = Norm(Drop(mixed) + states, name + "attention.output.LayerNorm");
            states = Norm(Drop(Linear(nn.functional.gelu(Linear(states, name + "intermediate.dense")), name + "output.dense")) + states, name + "output.LayerNorm");
        }

        return Linear(Drop(states.mean([1])), "classifier");
    }

    private Tensor Drop(Tensor input) => Dropout == 0 ? input : nn.functional.dropout(input, Dropout);

    private Tensor Linear(Tensor input, string name) => nn.functional.linear(input, _weights[name + ".weight"], _weights[name + ".bias"]);

    private Tensor Norm(Tensor input, string name) => nn.functional.layer_norm(input, [_config.Hidden], _weights[name + ".weight"], _weights[name + ".bias"], 1e-12);

    private Tensor Heads(Tensor input, string name) => Linear(input, name).view(Texts, Tokens, _config.Heads, _config.Hidden / _config.Heads).transpose(1, 2);
}
