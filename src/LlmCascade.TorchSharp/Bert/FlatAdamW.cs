using static TorchSharp.torch;

namespace LlmCascade.Bert;

/// <summary>AdamW over weights that lie in one block, so that a step takes a few large operations.</summary>
/// <remarks>Loshchilov and Hutter, Decoupled Weight Decay Regularization (2019), with the defaults of PyTorch.</remarks>
internal sealed class FlatAdamW : IDisposable
{
    private const double FirstDecay = 0.9;
    private const double SecondDecay = 0.999;
    private const double Epsilon = 1e-8;
    private const double WeightDecay = 0.01;

    private readonly Tensor _first;
    private readonly Tensor _second;

    // Memory of this size comes from the system each time, which takes longer than to fill it.
    private readonly Tensor _scratch;

    /// <param name="length">How many weights there are.</param>
    /// <param name="device">Where they are.</param>
    public FlatAdamW(long length, Device? device = null)
    {
        _first = zeros(length, device: device).DetachFromDisposeScope();
        _second = zeros(length, device: device).DetachFromDisposeScope();
        _scratch = zeros(length, device: device).DetachFromDisposeScope();
    }

    /// <summary>Gets how many steps were taken.</summary>
    public long Steps { get; private set; }

    /// <summary>Takes a step.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="gradients">Their gradients; overwritten.</param>
    /// <param name="rates">The learning rates of ranges that follow each other and cover all weights.</param>
    /// <param name="longest">The norm to which longer gradients are shortened.</param>
    /// <returns>The norm of the gradients before. Where it is not finite, no step is taken.</returns>
    public double Step(Tensor weights, Tensor gradients, IEnumerable<(long Length, double Rate)> rates, double longest)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var norm = gradients.norm().item<float>();
        if (!float.IsFinite(norm))
        {
            return norm;
        }

        Steps++;
        if (norm > longest)
        {
            gradients.MultiplyBy(longest / (norm + 1e-6));
        }

        _first.lerp_(gradients, 1 - FirstDecay);
        _second.MultiplyBy(SecondDecay).AddProduct(gradients, gradients, 1 - SecondDecay);
        var scale = Math.Sqrt(1 - Math.Pow(SecondDecay, Steps));
        _scratch.copy_(_second).sqrt_().Increase(Epsilon * scale);
        var start = 0L;
        foreach (var (length, rate) in rates)
        {
            weights.narrow(0, start, length)
                .MultiplyBy(1 - (rate * WeightDecay))
                .AddQuotient(_first.narrow(0, start, length), _scratch.narrow(0, start, length), -rate * scale / (1 - Math.Pow(FirstDecay, Steps)));
            start += length;
        }

        return norm;
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Steps);
        BertTrainer.Write(writer, _first);
        BertTrainer.Write(writer, _second);
    }

    public void Read(BinaryReader reader)
    {
        Steps = reader.ReadInt64();
        BertTrainer.Read(reader, _first);
        BertTrainer.Read(reader, _second);
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _scratch.Dispose();
    }
}
