using System.Runtime.InteropServices;
using LlmCascade.Calibration;
using static TorchSharp.torch;

namespace LlmCascade.Bert;

/// <summary>Fine-tunes an encoder on demonstrations that come one by one.</summary>
/// <remarks>One caller at a time. All draws come from its own random numbers, so that equal demonstrations give equal weights whatever else runs.</remarks>
internal sealed partial class BertTrainer : IDisposable
{
    // What frozen layers say of a text is about 100 kilobytes.
    private const int MostStates = 4096;

    // Texts that differ more in length are computed apart: filling up costs as much as text.
    private const double MostFilling = 1.5;

    private readonly BertConfig _config;
    private readonly BertOptions _options;
    private readonly Device _device;
    private readonly int _padding;
    private readonly Tensor _gradients;
    private readonly BertEncoder _encoder;
    private readonly Generator _generator;
    private readonly Dropout _dropout;
    private readonly List<LearnedTokens> _demonstrations = [];
    private SplitMix _random;
    private double _due;
    private int _states;

    public BertTrainer(BertConfig config, BertWeights weights, BertOptions options, SplitMix random, Device device, int padding)
    {
        _config = config;
        Weights = weights;
        _options = options;
        _random = random;
        _device = device;
        _padding = padding;
        _gradients = zeros(weights.Trained.shape[0], device: device).DetachFromDisposeScope();
        _encoder = new BertEncoder(config, weights, _gradients);
        _generator = new Generator(0, device);
        _dropout = new Dropout(_generator, options.Dropout ?? config.HiddenDropout, options.Dropout ?? config.AttentionDropout);
        Optimizer = new FlatAdamW(weights.Trained.shape[0], device);
    }

    public BertWeights Weights { get; }

    public FlatAdamW Optimizer { get; }

    /// <summary>Gets how many demonstrations were gone over, each as often as it was.</summary>
    public long Steps { get; private set; }

    /// <summary>Learns one demonstration, with the steps that are due.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="label">The class.</param>
    /// <param name="isCorrection">Whether it takes the place of what was learned of the same text; of an equal label nothing is learned again.</param>
    /// <param name="isStopping">Asked before each step whether to leave the rest.</param>
    /// <returns>Whether the weights have changed.</returns>
    public bool Learn(int[] tokens, int label, bool isCorrection = false, Func<bool>? isStopping = null)
    {
        if (isCorrection && _demonstrations.FindLastIndex(each => each.Tokens.AsSpan().SequenceEqual(tokens)) is var place and >= 0)
        {
            if (_demonstrations[place].Label == label)
            {
                return false;
            }

            Drop(place);
        }

        Remember(new LearnedTokens(tokens, label));
        _due += _options.StepsPerDemonstration;
        var changes = _due >= 1;
        while (_due >= 1)
        {
            // Also of a step that fails nothing is due any more.
            _due--;
            if (isStopping?.Invoke() != true)
            {
                Step(ChooseBatch());
            }
        }

        return changes;
    }

    /// <summary>Forgets all demonstrations but the newest.</summary>
    public void Forget(int newest)
    {
        var forgotten = Math.Max(0, _demonstrations.Count - newest);
        _states -= _demonstrations.Take(forgotten).Count(each => each.States is not null);
        _demonstrations.RemoveRange(0, forgotten);
    }

    public void Dispose()
    {
        _encoder.Dispose();
        Weights.Dispose();
        Optimizer.Dispose();
        _gradients.Dispose();
        _generator.Dispose();
    }

    // The newest stand at the end. When there are too many, one of the others goes, each as likely: recent ones are kept more often than in a fair sample.
    private void Remember(LearnedTokens demonstration)
    {
        while (_demonstrations.Count >= _options.Capacity)
        {
            Drop(_random.Below(_demonstrations.Count));
        }

        _demonstrations.Add(demonstration);
    }

    private void Drop(int place)
    {
        _states -= _demonstrations[place].States is null ? 0 : 1;
        _demonstrations.RemoveAt(place);
    }

    private LearnedTokens[] ChooseBatch()
    {
        var size = Math.Min(_options.BatchSize, _demonstrations.Count);
        var recent = Math.Min(_options.RecentPerBatch, size);
        var batch = new LearnedTokens[size];
        for (var i = 0; i < size; i++)
        {
            batch[i] = i < recent ? _demonstrations[^(i + 1)] : _demonstrations[_random.Below(_demonstrations.Count)];
        }

        return batch;
    }

    private void Step(LearnedTokens[] batch)
    {
        _generator.manual_seed((long)(_random.Next() >> 1));
        _gradients.zero_();
        Array.Sort(batch, (a, b) => a.Tokens.Length.CompareTo(b.Tokens.Length));
        for (var start = 0; start < batch.Length;)
        {
            var end = start + 1;
            while (end < batch.Length && batch[end].Tokens.Length <= MostFilling * batch[start].Tokens.Length)
            {
                end++;
            }

            AddGradients(batch.AsSpan(start, end - start), batch.Length);
            start = end;
        }

        Optimizer.Step(Weights.Trained, _gradients, [.. Rates()], _options.MaxGradientNorm);
        Steps += batch.Length;
    }

    private void AddGradients(ReadOnlySpan<LearnedTokens> texts, int all)
    {
        using var scope = NewDisposeScope();
        var tokens = new int[texts.Length][];
        var labels = new long[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            (tokens[i], labels[i]) = (texts[i].Tokens, texts[i].Label);
        }

        var rows = TokenRows.Create(tokens, _padding, _device);
        var states = _options.FrozenLayers == 0 ? _encoder.Embed(rows.Tokens, _dropout) : Frozen(texts, rows);
        states = _encoder.Pass(states, rows.Mask, _options.FrozenLayers.., _dropout);
        var loss = nn.functional.cross_entropy(
            _encoder.Score(states, rows.Mask, _dropout), tensor(labels, device: _device), reduction: nn.Reduction.Sum, label_smoothing: _options.LabelSmoothing);
        loss.MultiplyBy(1.0 / all).backward();
    }

    // What never changes is computed once for each demonstration: by itself, so that it does not depend on its neighbours, and without dropout.
    private Tensor Frozen(ReadOnlySpan<LearnedTokens> texts, TokenRows rows)
    {
        var columns = (int)rows.Tokens.shape[1];
        var states = zeros(texts.Length, columns, _config.Hidden);

        // In memory of PyTorch's own: sums depend on how numbers are aligned.
        var numbers = MemoryMarshal.Cast<byte, float>(states.bytes);
        for (var i = 0; i < texts.Length; i++)
        {
            (texts[i].States ?? ComputeFrozen(texts[i])).CopyTo(numbers[(i * columns * _config.Hidden)..]);
        }

        return states.to(_device);
    }

    private float[] ComputeFrozen(LearnedTokens text)
    {
        using var scope = NewDisposeScope();
        using var still = no_grad();
        var rows = TokenRows.Create([text.Tokens], _padding, _device);
        var states = _encoder.Pass(_encoder.Embed(rows.Tokens), rows.Mask, .._options.FrozenLayers).cpu().data<float>().ToArray();
        if (_states < MostStates)
        {
            _states++;
            text.States = states;
        }

        return states;
    }

    // Rising linearly at first; lower layers learn more slowly.
    private IEnumerable<(long Length, double Rate)> Rates()
    {
        var layout = Weights.Layout;
        var share = Math.Min(1, (Optimizer.Steps + 1.0) / Math.Max(1, _options.WarmUpSteps));
        for (var group = 0; group < layout.Groups; group++)
        {
            var length = layout.StartOf(group + 1) - Math.Max(layout.StartOf(group), Weights.FrozenLength);
            var isHead = group == layout.Groups - 1;
            var rate = isHead ? _options.HeadLearningRate : _options.LearningRate * Math.Pow(_options.LayerDecay, Math.Max(0, _config.Layers - group));
            if (length > 0)
            {
                yield return (length, share * rate);
            }
        }
    }
}
