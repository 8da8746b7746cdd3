using System.Runtime.InteropServices;
using LlmCascade.Calibration;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LlmCascade.Linear;

/// <summary>A softmax regression over sparse features, fitted by AdaGrad on the newest demonstration and some that are drawn from all so far.</summary>
/// <remarks>
/// Weights are rows of an EmbeddingBag, one for each feature; gradients are sparse, so that a step touches the rows of its
/// batch alone. TorchSharp cannot take PyTorch's sparse gradients apart, so they are computed here. Duchi, Hazan and Singer, Adaptive Subgradient Methods (2011). One caller at a time.
/// </remarks>
internal sealed class BagOfFeatures : IDisposable
{
    private const int BatchSize = 8;
    private const int Capacity = 50_000;
    private const double LearningRate = 0.05;
    private const double Epsilon = 1e-8;

    private readonly int _classes;
    private readonly int _dimension;
    private readonly Device _device;
    private readonly EmbeddingBag _bag;
    private readonly Tensor _weights;
    private readonly Tensor _squares;
    private readonly Tensor _classCount;
    private readonly Tensor _places;
    private List<LearnedFeatures> _demonstrations = [];
    private SplitMix _random;

    /// <param name="dimension">One more than the highest index of a feature.</param>
    /// <param name="classes">The classes.</param>
    /// <param name="random">What demonstrations are drawn with.</param>
    /// <param name="device">Where the weights are.</param>
    public BagOfFeatures(int dimension, int classes, SplitMix random, Device device)
    {
        (_dimension, _classes, _random, _device) = (dimension, classes, random, device);

        // The last row is the intercepts: a feature that every text has.
        _bag = nn.EmbeddingBag(dimension + 1, classes, mode: EmbeddingBagMode.Sum, device: device);
        _weights = _bag.weight!;
        _weights.requires_grad = false;
        _weights.zero_();
        _squares = zeros(dimension + 1, classes, device: device).DetachFromDisposeScope();
        _classCount = tensor((long)classes, device: device).DetachFromDisposeScope();
        _places = arange(classes, ScalarType.Int64, device: device).DetachFromDisposeScope();
    }

    /// <summary>Gets how many demonstrations were gone over, each as often as it was.</summary>
    public long Steps { get; private set; }

    /// <summary>Gets how many demonstrations were learned.</summary>
    public long Lessons { get; private set; }

    /// <summary>Finds the probabilities of the classes.</summary>
    public double[] Predict(ReadOnlySpan<int> indices)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var scores = Score(Rows.Of([new LearnedFeatures(indices.ToArray(), 0)], _dimension, _device));
        return scores.softmax(1).to(ScalarType.Float64).cpu().data<double>().ToArray();
    }

    /// <summary>Learns a demonstration.</summary>
    public void Learn(ReadOnlySpan<int> indices, int label, bool isCorrection)
    {
        var learned = new LearnedFeatures(indices.ToArray(), label);
        if (isCorrection && _demonstrations.FindLastIndex(each => each.Indices.AsSpan().SequenceEqual(learned.Indices)) is var place and >= 0)
        {
            if (_demonstrations[place].Label == label)
            {
                return;
            }

            _demonstrations.RemoveAt(place);
        }
        else if (_demonstrations.Count == Capacity)
        {
            _demonstrations.RemoveAt(_random.Below(Capacity));
        }

        _demonstrations.Add(learned);
        var batch = new LearnedFeatures[Math.Min(BatchSize, _demonstrations.Count)];
        batch[0] = learned;
        for (var i = 1; i < batch.Length; i++)
        {
            batch[i] = _demonstrations[_random.Below(_demonstrations.Count)];
        }

        Step(batch);
        Steps += batch.Length;
        Lessons++;
    }

    /// <summary>Forgets all demonstrations but the newest.</summary>
    public void Forget(int newest) => _demonstrations.RemoveRange(0, Math.Max(0, _demonstrations.Count - newest));

    /// <summary>Writes the rows that were ever touched, and everything else that learning depends on.</summary>
    public void Write(BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var touched = _squares.sum(1).nonzero().view(-1);
        writer.Write(_random.State);
        writer.Write(Steps);
        writer.Write(Lessons);
        writer.Write(touched.shape[0]);
        writer.Write(touched.cpu().bytes);
        writer.Write(_weights.index_select(0, touched).cpu().bytes);
        writer.Write(_squares.index_select(0, touched).cpu().bytes);
        writer.Write(_demonstrations.Count);
        foreach (var each in _demonstrations)
        {
            writer.Write(each.Label);
            writer.Write(each.Indices.Length);
            writer.Write(MemoryMarshal.AsBytes(each.Indices.AsSpan()));
        }
    }

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    /// <returns>What makes it the state.</returns>
    /// <exception cref="InvalidDataException">The bytes make no sense, or do not fit.</exception>
    public Action Read(BinaryReader reader)
    {
        var (random, steps, lessons, rows) = (new SplitMix(reader.ReadUInt64()), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64());
        if (lessons < 0 || steps < lessons || rows < 0 || rows > _dimension + 1)
        {
            throw new InvalidDataException($"It has {rows} rows of weights after {steps} steps and {lessons} lessons.");
        }

        var touched = ReadAll<long>(rows);
        var (weights, squares) = (ReadAll<float>(rows * _classes), ReadAll<float>(rows * _classes));
        if (!Array.TrueForAll(weights, float.IsFinite) || !Array.TrueForAll(squares, square => float.IsFinite(square) && square >= 0))
        {
            throw new InvalidDataException("Some of its weights are not finite.");
        }

        var demonstrations = new List<LearnedFeatures>();
        var count = reader.ReadInt32();
        for (var i = 0; i < count; i++)
        {
            var label = reader.ReadInt32();
            var indices = ReadAll<int>(reader.ReadInt32());
            demonstrations.Add((uint)label < (uint)_classes && Array.TrueForAll(indices, index => (uint)index < (uint)_dimension)
                ? new LearnedFeatures(indices, label)
                : throw new InvalidDataException($"A demonstration has the label {label}, or features beyond {_dimension}."));
        }

        if (Array.Exists(touched, row => row < 0 || row > _dimension))
        {
            throw new InvalidDataException($"It has weights of features beyond {_dimension}.");
        }

        return () =>
        {
            using var scope = NewDisposeScope();
            using var still = no_grad();
            (_random, Steps, Lessons, _demonstrations) = (random, steps, lessons, demonstrations);
            var places = tensor(touched, device: _device);
            _weights.zero_().index_copy_(0, places, tensor(weights, rows, _classes, device: _device));
            _squares.zero_().index_copy_(0, places, tensor(squares, rows, _classes, device: _device));
        };

        T[] ReadAll<T>(long length)
            where T : unmanaged
        {
            if (length < 0 || length * Marshal.SizeOf<T>() > reader.BaseStream.Length - reader.BaseStream.Position)
            {
                throw new InvalidDataException($"It says that {length} numbers follow, and ends before.");
            }

            var values = new T[length];
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            return values;
        }
    }

    public void Dispose()
    {
        _bag.Dispose();
        _squares.Dispose();
        _classCount.Dispose();
        _places.Dispose();
    }

    private void Step(LearnedFeatures[] batch)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var rows = Rows.Of(batch, _dimension, _device);
        var labels = tensor(Array.ConvertAll(batch, each => (long)each.Label), device: _device);
        var errors = Score(rows).softmax(1).sub_(nn.functional.one_hot(labels, _classes)).MultiplyBy(1.0 / batch.Length);
        var slopes = errors.index_select(0, rows.Texts).mul_(rows.Values.unsqueeze(1));

        // Number by number, which PyTorch does many times more quickly than row by row.
        var places = ((rows.Indices.unsqueeze(1) * _classCount) + _places).view(-1);
        var (weights, squares, flat) = (_weights.view(-1), _squares.view(-1), slopes.view(-1));
        squares.AddAt(places, flat * flat, 1);
        weights.AddAt(places, flat.div_(squares.index_select(0, places).sqrt_().Increase(Epsilon)), -LearningRate);
    }

    private Tensor Score(Rows rows) => _bag.call(rows.Indices, rows.Starts, rows.Values);

    // All features of all texts, one after the other. Every text has the length 1, however many features it has.
    private readonly record struct Rows(Tensor Indices, Tensor Starts, Tensor Values, Tensor Texts)
    {
        public static Rows Of(ReadOnlySpan<LearnedFeatures> texts, int intercept, Device device)
        {
            var (indices, starts, values, places) = (new List<long>(), new long[texts.Length], new List<float>(), new List<long>());
            for (var i = 0; i < texts.Length; i++)
            {
                starts[i] = indices.Count;
                var value = 1 / MathF.Sqrt(Math.Max(1, texts[i].Indices.Length));
                foreach (var index in texts[i].Indices)
                {
                    Add(index, value, i);
                }

                Add(intercept, 1, i);
            }

            return new Rows(
                tensor(indices.ToArray(), device: device),
                tensor(starts, device: device),
                tensor(values.ToArray(), device: device),
                tensor(places.ToArray(), device: device));

            void Add(int index, float value, int text)
            {
                indices.Add(index);
                values.Add(value);
                places.Add(text);
            }
        }
    }
}
