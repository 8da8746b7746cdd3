using static TorchSharp.torch;

namespace LlmCascade.Bert;

/// <summary>Dropout whose draws come from a generator of its own, so that nothing else in the process changes them.</summary>
internal sealed class Dropout(Generator generator, double hidden, double attention)
{
    public Tensor OnHidden(Tensor input) => Drop(input, hidden);

    public Tensor OnAttention(Tensor input) => Drop(input, attention);

    private Tensor Drop(Tensor input, double share) => share == 0
        ? input
        : input * rand(input.shape, device: input.device, generator: generator).IsAtLeast(share).MultiplyBy(1 / (1 - share));
}
