using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LlmCascade.Bert;
using LlmCascade.Calibration;
using LlmCascade.Encoders;
using LlmCascade.Students;
using TorchSharp;

namespace LlmCascade;

/// <summary>A BERT encoder that is fine-tuned on line. Readers see whole models only, and never wait for training.</summary>
internal sealed class BertStudent : IStudent, IDisposable
{
    // BERT-base has 12 layers of 768 numbers and 3,072 inside.
    private static readonly double _weightsOfBase = new BertConfig(768, 12, 12, 3072, 30522).WeightsPerToken;

    private readonly BertConfig _config;
    private readonly BertOptions _options;
    private readonly BertVocabulary _vocabulary;
    private readonly Func<SplitMix, BertTrainer> _createTrainer;
    private readonly torch.Device _device;
    private readonly int _maxTokens;
    private readonly string _origin;
    private readonly Lock _publishing = new();

    // Learning, and whatever looks at or ends what learns.
    private readonly Lock _training = new();
    private volatile bool _isStopping;
    private BertTrainer _trainer;
    private Leased<BertModel>? _published;
    private BertModel? _spare;
    private bool _isDisposed;

    private BertStudent(ModelFolder folder, LabelSpace labels, BertOptions options, ulong seed)
    {
        Labels = labels;
        _options = options;
        _config = BertConfig.Read(folder);
        options.Validate(_config.Layers);
        _maxTokens = Math.Min(options.MaxTokens, _config.Positions);
        _vocabulary = BertVocabulary.Load(folder, _config.Vocabulary, folder.ReadSettings("config.json").Number("pad_token_id"));
        _device = TorchBackend.Open(options.Device);
        var layout = new WeightLayout(_config, labels.Labels.Length, options.UsePooler);
        var frozen = options.FrozenLayers > 0 ? options.FrozenLayers + 1 : options.FreezeEmbeddings ? 1 : 0;
        _createTrainer = random => new BertTrainer(
            _config, BertWeights.Load(folder, _config, layout, frozen, random.NextDouble, _device), options, random, _device, _vocabulary.Padding);
        _origin = $"{_config} {frozen} {options.UsePooler} {labels} {Fingerprint(folder)}";
        _trainer = _createTrainer(new SplitMix(seed));
    }

    public LabelSpace Labels { get; }

    public double Cost => _config.WeightsPerToken / _weightsOfBase;

    public long Steps => Volatile.Read(ref _trainer).Steps;

    public bool CanPredict => Volatile.Read(ref _published) is not null;

    public string Kind => "bert-student";

    public int Version => 1;

    /// <summary>Loads a student.</summary>
    public static BertStudent Load(string folder, LabelSpace labels, BertOptions options, ulong seed) => new(new ModelFolder(folder), labels, options, seed);

    public async ValueTask<LabelDistribution?> PredictAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Enter() is not { } published)
        {
            return null;
        }

        try
        {
            var probabilities = await Task.Run(() => published.Value.Predict(_vocabulary.EncodeEnds(text, _maxTokens)), cancellationToken);
            return new LabelDistribution(Labels, ImmutableCollectionsMarshal.AsImmutableArray(probabilities));
        }
        finally
        {
            published.Leave();
        }
    }

    public async ValueTask LearnAsync(Demonstration demonstration, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(demonstration);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)demonstration.Label, (uint)Labels.Labels.Length, nameof(demonstration));
        await Task.Run(() => Learn(demonstration, cancellationToken), cancellationToken);
    }

    public void Forget(int newest)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(newest);
        lock (_training)
        {
            _trainer.Forget(newest);
        }
    }

    public void Write(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        lock (_training)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            writer.Write(_origin);
            _trainer.Write(writer);
        }
    }

    public Action Read(BinaryReader reader, int version)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var origin = reader.ReadString();
        if (origin != _origin)
        {
            throw new InvalidDataException($"It is the state of another encoder or of other labels: it comes from {origin}, and {_origin} is needed.");
        }

        var trainer = _createTrainer(new SplitMix(0));
        try
        {
            trainer.Read(reader, Labels.Labels.Length);
        }
        catch
        {
            trainer.Dispose();
            throw;
        }

        return () =>
        {
            lock (_training)
            {
                if (_isStopping)
                {
                    trainer.Dispose();
                    return;
                }

                _trainer.Dispose();
                Volatile.Write(ref _trainer, trainer);
                if (trainer.Optimizer.Steps > 0)
                {
                    Publish();
                }
                else
                {
                    Replace(null);
                }
            }
        };
    }

    /// <summary>Ends learning after the step that is being taken, and lets the model go when its last reader leaves.</summary>
    public void Dispose()
    {
        _isStopping = true;
        lock (_training)
        {
            _trainer.Dispose();
            lock (_publishing)
            {
                _isDisposed = true;
                _spare?.Dispose();
                (_spare, var last, _published) = (null, _published, null);
                last?.Dispose();
            }
        }
    }

    // A reader may have seen one that was let go before it came in: then there is a newer one.
    private Leased<BertModel>? Enter()
    {
        while (Volatile.Read(ref _published) is { } published)
        {
            if (published.TryEnter())
            {
                return published;
            }
        }

        return null;
    }

    private void Learn(Demonstration demonstration, CancellationToken cancellationToken)
    {
        lock (_training)
        {
            ObjectDisposedException.ThrowIf(_isStopping, this);
            if (_trainer.Learn(_vocabulary.EncodeEnds(demonstration.Text, _maxTokens), demonstration.Label, demonstration.IsCorrection, () => _isStopping || cancellationToken.IsCancellationRequested))
            {
                Publish();
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private void Publish()
    {
        using var scope = torch.NewDisposeScope();
        var model = Interlocked.Exchange(ref _spare, null);
        if (model is null)
        {
            model = new BertModel(_config, _trainer.Weights.Clone(), _device, _vocabulary.Padding);
        }
        else
        {
            model.CopyFrom(_trainer.Weights);
        }

        Replace(new Leased<BertModel>(model, Retire));
    }

    private void Replace(Leased<BertModel>? next)
    {
        lock (_publishing)
        {
            (next, _published) = (_published, next);
        }

        next?.Dispose();
    }

    // The next one is written over it, which is quicker than to ask the system for as much memory.
    private void Retire(BertModel model)
    {
        lock (_publishing)
        {
            if (_isDisposed || _spare is not null)
            {
                model.Dispose();
            }
            else
            {
                _spare = model;
            }
        }
    }

    // Neither weights that never change nor the words behind tokens are in a checkpoint, so that it must be known which they were.
    private static string Fingerprint(ModelFolder folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in new[] { "model.safetensors", "vocab.txt", "tokenizer_config.json" })
        {
            var file = Path.Combine(folder.Path, name);
            if (File.Exists(file))
            {
                using var stream = File.OpenRead(file);
                hash.AppendData(SHA256.HashData(stream));
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
