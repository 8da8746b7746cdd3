using System.Runtime.InteropServices;
using LlmCascade.Encoders;
using static TorchSharp.torch;

namespace LlmCascade.Bert;

/// <summary>All weights of an encoder and its head: a block that never changes, and one that learns.</summary>
/// <remarks>Copies share what never changes; who made it last disposes it.</remarks>
internal sealed class BertWeights : IDisposable
{
    private readonly Leased<Tensor> _frozen;

    private BertWeights(WeightLayout layout, long frozen, Leased<Tensor> shared, Tensor trained)
    {
        Layout = layout;
        FrozenLength = frozen;
        _frozen = shared;
        Trained = trained;
    }

    public WeightLayout Layout { get; }

    /// <summary>Gets how many numbers, from the first on, never change.</summary>
    public long FrozenLength { get; }

    /// <summary>Gets the numbers that learn, in one dimension.</summary>
    public Tensor Trained { get; }

    /// <summary>Gets the numbers that never change, in one dimension.</summary>
    public Tensor Frozen => _frozen.Value;

    /// <summary>Loads the weights of an encoder; those of the head are random.</summary>
    /// <param name="folder">The folder of the model.</param>
    /// <param name="config">The shape of the model.</param>
    /// <param name="layout">Where its weights go.</param>
    /// <param name="frozenGroups">How many groups of weights never change.</param>
    /// <param name="random">Draws the weights of the head.</param>
    /// <param name="device">Where they are kept.</param>
    public static BertWeights Load(ModelFolder folder, BertConfig config, WeightLayout layout, int frozenGroups, Func<double> random, Device? device = null)
    {
        using var file = Safetensors.Open(folder.Find("model.safetensors"));

        // Before memory is taken for what the file does not have.
        foreach (var place in layout.All.Where(place => !IsHead(place)))
        {
            file.Check(NameIn(file, place.Name), place.Shape);
        }

        return Fill(layout, frozenGroups, device ?? CPU, (place, numbers) =>
        {
            if (IsHead(place))
            {
                Draw(place, config, random, numbers);
            }
            else
            {
                file.Read(NameIn(file, place.Name), place.Shape, numbers);
            }
        });
    }

    /// <summary>Makes an encoder that knows nothing.</summary>
    public static BertWeights Random(BertConfig config, WeightLayout layout, int frozenGroups, Func<double> random) =>
        Fill(layout, frozenGroups, CPU, (place, numbers) => Draw(place, config, random, numbers));

    /// <summary>Copies what learns.</summary>
    public BertWeights Clone()
    {
        ObjectDisposedException.ThrowIf(!_frozen.TryEnter(), this);
        return new BertWeights(Layout, FrozenLength, _frozen, Trained.clone().DetachFromDisposeScope());
    }

    /// <summary>Takes over what others have learned.</summary>
    public void CopyFrom(BertWeights others)
    {
        using var still = no_grad();
        Trained.copy_(others.Trained);
    }

    /// <summary>Finds a weight in its block.</summary>
    public Tensor Find(WeightPlace place) => place.Offset < FrozenLength
        ? Frozen.narrow(0, place.Offset, place.Length).view(place.Shape)
        : Trained.narrow(0, place.Offset - FrozenLength, place.Length).view(place.Shape);

    public void Dispose()
    {
        Trained.Dispose();
        _frozen.Leave();
    }

    private static BertWeights Fill(WeightLayout layout, int frozenGroups, Device device, ReadWeight read)
    {
        using var scope = NewDisposeScope();
        var length = layout.StartOf(frozenGroups);
        var (frozen, trained) = (zeros(length), zeros(layout.Length - length));
        using var filled = new BertWeights(layout, length, new Leased<Tensor>(frozen.alias().DetachFromDisposeScope()), trained.alias().DetachFromDisposeScope());
        foreach (var place in layout.All)
        {
            using var inner = NewDisposeScope();
            read(place, MemoryMarshal.Cast<byte, float>(filled.Find(place).bytes));
        }

        return new BertWeights(layout, length, new Leased<Tensor>(frozen.to(device).DetachFromDisposeScope()), trained.to(device).DetachFromDisposeScope());
    }

    private static bool IsHead(WeightPlace place) => place.Name is WeightLayout.HeadWeight or WeightLayout.HeadBias;

    // As BERT's authors do: normal, small, and norms that change nothing.
    private static void Draw(WeightPlace place, BertConfig config, Func<double> random, Span<float> numbers)
    {
        if (place.Name.EndsWith("bias", StringComparison.Ordinal))
        {
            numbers.Clear();
        }
        else if (place.Name.EndsWith("LayerNorm.weight", StringComparison.Ordinal))
        {
            numbers.Fill(1);
        }
        else
        {
            foreach (ref var number in numbers)
            {
                number = (float)(config.InitializerRange * Math.Sqrt(-2 * Math.Log(1 - random())) * Math.Cos(2 * Math.PI * random()));
            }
        }
    }

    // Models with a head have their encoder under a name, and the oldest call the weights of norms gamma and beta.
    private static string NameIn(Safetensors file, string name)
    {
        var older = name.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal).Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal);
        string[] candidates = [name, "bert." + name, older, "bert." + older];
        return Array.Find(candidates, file.Contains) ?? name;
    }

    private delegate void ReadWeight(WeightPlace place, Span<float> numbers);
}
