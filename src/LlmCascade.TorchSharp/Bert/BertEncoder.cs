using static TorchSharp.torch;

namespace LlmCascade.Bert;

/// <summary>Computes what a BERT encoder and its head say of texts.</summary>
/// <remarks>It owns the tensors that stand for single weights, not the blocks of memory that these lie in.</remarks>
internal sealed class BertEncoder : IDisposable
{
    private readonly BertConfig _config;
    private readonly Dictionary<string, Tensor> _weights;
    private readonly BertLayer[] _layers;
    private readonly Affine _head;

    /// <param name="config">The shape.</param>
    /// <param name="weights">The weights, which must outlive the encoder.</param>
    /// <param name="gradients">Where gradients of the weights that learn are summed up, laid out like them; <see langword="null"/> where nothing learns.</param>
    public BertEncoder(BertConfig config, BertWeights weights, Tensor? gradients = null)
    {
        _config = config;
        _weights = weights.Layout.All.ToDictionary(place => place.Name, place => Open(weights, place, gradients));
        _layers = [.. Enumerable.Range(0, config.Layers).Select(layer => LayerAt($"encoder.layer.{layer}."))];
        _head = AffineAt("classifier");
    }

    /// <summary>Computes the states of all tokens before the first layer.</summary>
    /// <param name="tokens">Numbers of tokens, texts by tokens.</param>
    /// <param name="dropout">While learning; otherwise <see langword="null"/>.</param>
    public Tensor Embed(Tensor tokens, Dropout? dropout = null)
    {
        var words = _weights["embeddings.word_embeddings.weight"].index_select(0, tokens.reshape(-1)).view(tokens.shape[0], tokens.shape[1], _config.Hidden);
        var positions = _weights["embeddings.position_embeddings.weight"].narrow(0, 0, tokens.shape[1]);
        var states = AffineAt("embeddings.LayerNorm").Normalize(words + positions + _weights["embeddings.token_type_embeddings.weight"][0], _config.Epsilon);
        return dropout?.OnHidden(states) ?? states;
    }

    /// <summary>Computes the states of all tokens after some layers.</summary>
    /// <param name="states">The states before them, texts by tokens by numbers.</param>
    /// <param name="mask">1 where there is a token, 0 where a row is filled up.</param>
    /// <param name="layers">Which layers.</param>
    /// <param name="dropout">While learning; otherwise <see langword="null"/>.</param>
    public Tensor Pass(Tensor states, Tensor mask, Range layers, Dropout? dropout = null)
    {
        var hidden = mask.to(ScalarType.Float32).Increase(-1).MultiplyBy(float.MaxValue).view(mask.shape[0], 1, 1, mask.shape[1]);
        foreach (var layer in _layers.AsSpan(layers))
        {
            states = layer.Compute(states, hidden, dropout);
        }

        return states;
    }

    /// <summary>Computes the features of texts: that of the pooler on the first token where there is one, otherwise the mean over tokens.</summary>
    public Tensor Pool(Tensor states, Tensor mask)
    {
        if (_weights.ContainsKey("pooler.dense.weight"))
        {
            return AffineAt("pooler.dense").Map(states.select(1, 0)).tanh();
        }

        var counted = mask.to(ScalarType.Float32).unsqueeze(-1);
        return (states * counted).sum(1) / counted.sum(1);
    }

    /// <summary>Computes the scores of all classes for each text.</summary>
    /// <param name="states">The states after the last layer.</param>
    /// <param name="mask">1 where there is a token, 0 where a row is filled up.</param>
    /// <param name="dropout">While learning; otherwise <see langword="null"/>.</param>
    public Tensor Score(Tensor states, Tensor mask, Dropout? dropout = null)
    {
        var features = Pool(states, mask);
        return _head.Map(dropout?.OnHidden(features) ?? features);
    }

    public void Dispose()
    {
        foreach (var weight in _weights.Values)
        {
            weight.Dispose();
        }
    }

    private static Tensor Open(BertWeights weights, WeightPlace place, Tensor? gradients)
    {
        using var scope = NewDisposeScope();
        var learns = gradients is not null && place.Offset >= weights.FrozenLength;
        var weight = weights.Find(place).detach();
        if (learns)
        {
            weight.requires_grad = true;
            weight.grad = gradients!.narrow(0, place.Offset - weights.FrozenLength, place.Length).view(place.Shape);
        }

        return weight.DetachFromDisposeScope();
    }

    private Affine AffineAt(string name) => new(_weights[name + ".weight"], _weights[name + ".bias"]);

    private BertLayer LayerAt(string name) => new(
        _config,
        AffineAt(name + "attention.self.query"),
        AffineAt(name + "attention.self.key"),
        AffineAt(name + "attention.self.value"),
        AffineAt(name + "attention.output.dense"),
        AffineAt(name + "attention.output.LayerNorm"),
        AffineAt(name + "intermediate.dense"),
        AffineAt(name + "output.dense"),
        AffineAt(name + "output.LayerNorm"));
}
