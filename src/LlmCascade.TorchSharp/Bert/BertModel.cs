using static TorchSharp.torch;

namespace LlmCascade.Bert;

/// <summary>What a student had learned at one moment. It changes only while nobody uses it, and any number of threads may ask it.</summary>
internal sealed class BertModel(BertConfig config, BertWeights weights, Device device, int padding) : IDisposable
{
    private readonly BertEncoder _encoder = new(config, weights);

    /// <summary>Takes over what was learned since.</summary>
    public void CopyFrom(BertWeights others) => weights.CopyFrom(others);

    /// <summary>Finds the probabilities of all classes for one text.</summary>
    public double[] Predict(int[] text)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var rows = TokenRows.Create([text], padding, device);
        var states = _encoder.Pass(_encoder.Embed(rows.Tokens), rows.Mask, ..);
        var probabilities = nn.functional.softmax(_encoder.Score(states, rows.Mask)[0].to(ScalarType.Float64), 0);
        return probabilities.cpu().data<double>().ToArray();
    }

    public void Dispose()
    {
        _encoder.Dispose();
        weights.Dispose();
    }
}
