using static TorchSharp.torch;

namespace LlmCascade.Bert;

/// <summary>One layer of an encoder: attention, then a network on each token.</summary>
internal sealed record BertLayer(
    BertConfig Config, Affine Query, Affine Key, Affine Value, Affine AttentionOutput, Affine AttentionNorm, Affine Intermediate, Affine Output, Affine OutputNorm)
{
    /// <summary>Computes the next states of all tokens.</summary>
    /// <param name="states">Texts by tokens by numbers.</param>
    /// <param name="mask">What is added to scores of attention, for each text and token.</param>
    /// <param name="dropout">While learning; otherwise <see langword="null"/>.</param>
    public Tensor Compute(Tensor states, Tensor mask, Dropout? dropout)
    {
        var (texts, tokens) = (states.shape[0], states.shape[1]);
        var size = Config.Hidden / Config.Heads;
        var (query, key, value) = (Split(Query), Split(Key), Split(Value));
        var scores = query.matmul(key.transpose(-2, -1)).MultiplyBy(1 / Math.Sqrt(size)).add_(mask);
        var attention = nn.functional.softmax(scores, -1);
        attention = dropout?.OnAttention(attention) ?? attention;
        var mixed = AttentionOutput.Map(attention.matmul(value).transpose(1, 2).reshape(texts, tokens, Config.Hidden));
        states = AttentionNorm.Normalize((dropout?.OnHidden(mixed) ?? mixed) + states, Config.Epsilon);
        var output = Output.Map(nn.functional.gelu(Intermediate.Map(states)));
        return OutputNorm.Normalize((dropout?.OnHidden(output) ?? output) + states, Config.Epsilon);

        Tensor Split(Affine part) => part.Map(states).view(texts, tokens, Config.Heads, size).transpose(1, 2);
    }
}
