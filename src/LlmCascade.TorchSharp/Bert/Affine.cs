using static TorchSharp.torch;

namespace LlmCascade.Bert;

/// <summary>A weight and a bias: a linear layer, or what a norm scales and shifts with.</summary>
internal readonly record struct Affine(Tensor Weight, Tensor Bias)
{
    public Tensor Map(Tensor input) => nn.functional.linear(input, Weight, Bias);

    public Tensor Normalize(Tensor input, double epsilon) => nn.functional.layer_norm(input, Weight.shape, Weight, Bias, epsilon);
}
