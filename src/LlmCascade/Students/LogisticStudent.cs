using System.Runtime.InteropServices;
using LlmCascade.Embeddings;
using Microsoft.Extensions.AI;

namespace LlmCascade.Students;

/// <summary>A logistic regression over the words, word pairs and word pieces of a text, over its embedding, or over both, which goes over all demonstrations again as they grow.</summary>
/// <remarks>Demonstrations are kept as hashed features and embeddings, not as texts.</remarks>
internal sealed class LogisticStudent : IStudent
{
    /// <summary>After how many lessons it predicts anything.</summary>
    public const int FirstLessons = 8;

    private const int Bits = 20;

    // Against 110 million parameters: a text looks at a few hundred of them.
    private const double CostOfPrediction = 1e-5;

    // Any number would do. What was learned with another is refused.
    private const ulong HashSeed = 0x4C6C6D43617363;

    private readonly HashedFeatures? _features;
    private readonly TextEmbedder? _embedder;
    private readonly LogisticSettings _settings;
    private volatile LogisticTrainer _trainer;

    private LogisticStudent(LabelSpace labels, HashedFeatures? features, TextEmbedder? embedder, LogisticSettings settings, ulong seed)
    {
        Labels = labels;
        _features = features;
        _embedder = embedder;
        _settings = settings;
        _trainer = new LogisticTrainer(settings, seed);
    }

    public LabelSpace Labels { get; }

    public double Cost { get; private init; } = CostOfPrediction;

    public bool CanPredict => _trainer.Model.Demonstrations > 0;

    // A step embeds nothing, so it is worth few predictions of a student that does.
    public long Steps => (long)(_trainer.Steps * (CostOfPrediction / Cost));

    public string Kind => _embedder is null ? "logistic-student" : "embedding-student";

    public int Version => 2;

    /// <summary>Makes the student that learns by default.</summary>
    public static LogisticStudent Create(LabelSpace labels, ulong seed, double balance = 0) => new(
        labels, DefaultFeatures(), null, new LogisticSettings(labels.Labels.Length, 1 << Bits) { Balance = balance }, seed);

    /// <summary>Makes a student that looks at embeddings.</summary>
    /// <param name="labels">The labels.</param>
    /// <param name="seed">What its random draws come from.</param>
    /// <param name="generator">Who embeds texts.</param>
    /// <param name="alsoWords">Whether it looks at words as well.</param>
    /// <param name="cost">What it costs to embed a text, in units of a BERT-base.</param>
    /// <param name="balance">How far rare classes are raised, from 0 to 1.</param>
    public static LogisticStudent CreateWithEmbeddings(
        LabelSpace labels, ulong seed, IEmbeddingGenerator<string, Embedding<float>> generator, bool alsoWords, double cost, double balance = 0) => new(
        labels,
        alsoWords ? DefaultFeatures() : null,
        TextEmbedder.Of(generator),
        new LogisticSettings(labels.Labels.Length, 1 << Bits) { Balance = balance },
        seed)
        {
            Cost = cost,
        };

    /// <summary>Makes the student of the paper's mode: TF-IDF over words, and all demonstrations gone over whenever a cache is full.</summary>
    public static LogisticStudent CreateAsInThePaper(LabelSpace labels, ulong seed, int cacheSize) => new(
        labels,
        new HashedFeatures(Bits, characterNGrams: false, HashSeed),
        null,
        new LogisticSettings(labels.Labels.Length, 1 << Bits)
        {
            Weighting = TermWeighting.InverseDocumentFrequency,
            Growth = 0,
            LeastGrowth = cacheSize,
        },
        seed);

    public async ValueTask<LabelDistribution?> PredictAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var model = _trainer.Model;
        return model.Demonstrations == 0 ? null : Predict(model, text, await EmbedAsync(text, cancellationToken));
    }

    public async ValueTask LearnAsync(Demonstration demonstration, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(demonstration);
        Learn(demonstration, await EmbedAsync(demonstration.Text, cancellationToken));
    }

    /// <summary>Goes over all demonstrations now, also those that wait for more.</summary>
    public void Revise() => _trainer.Replay();

    public void Forget(int newest) => _trainer.Forget(newest);

    public void Write(BinaryWriter writer)
    {
        writer.Write(_features?.Bits ?? 0);
        writer.Write(_features?.CharacterNGrams ?? false);
        writer.Write(_features?.Seed ?? 0);
        writer.Write(Labels.Labels.Length);
        foreach (var label in Labels.Labels)
        {
            writer.Write(label);
        }

        _trainer.Write(writer);
        if (_embedder is not null)
        {
            writer.Write(_embedder.Model);
            _trainer.WriteEmbeddings(writer);
        }
    }

    public Action Read(BinaryReader reader, int version)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var features = (reader.ReadInt32(), reader.ReadBoolean(), reader.ReadUInt64());
        if (features != (_features?.Bits ?? 0, _features?.CharacterNGrams ?? false, _features?.Seed ?? 0))
        {
            throw new InvalidDataException("Its features were hashed in another way.");
        }

        var count = reader.ReadInt32();
        for (var i = 0; i < count; i++)
        {
            var label = reader.ReadString();
            if (count != Labels.Labels.Length || label != Labels.Labels[i])
            {
                throw new InvalidDataException($"Its labels are others than {Labels}: it has {count}, and '{label}' in place {i + 1}.");
            }
        }

        var trainer = LogisticTrainer.Read(reader, version, _settings);
        if (_embedder is not null)
        {
            var model = reader.ReadString();
            if (model.Length > 0 && _embedder.Model.Length > 0 && model != _embedder.Model)
            {
                throw new InvalidDataException($"It has learned embeddings of the model {model}, and this student looks at those of {_embedder.Model}.");
            }

            trainer.ReadEmbeddings(reader);
        }

        return () => _trainer = trainer;
    }

    private static HashedFeatures DefaultFeatures() => new(Bits, characterNGrams: true, HashSeed);

    private async ValueTask<float[]> EmbedAsync(string text, CancellationToken cancellationToken) =>
        _embedder is null ? [] : await _embedder.EmbedAsync(text, cancellationToken);

    private LabelDistribution Predict(LogisticModel model, string text, float[] embedding)
    {
        var probabilities = new double[Labels.Labels.Length];
        if (_features is null)
        {
            model.Predict([], probabilities, embedding);
        }
        else
        {
            using var features = _features.Extract(text);
            model.Predict(features.Indices, probabilities, embedding);
        }

        return new LabelDistribution(Labels, ImmutableCollectionsMarshal.AsImmutableArray(probabilities));
    }

    private void Learn(Demonstration demonstration, float[] embedding)
    {
        if (_features is null)
        {
            Learn(demonstration, [], embedding);
            return;
        }

        using var features = _features.Extract(demonstration.Text);
        Learn(demonstration, features.Indices, embedding);
    }

    private void Learn(Demonstration demonstration, ReadOnlySpan<int> features, float[] embedding)
    {
        if (demonstration.IsCorrection)
        {
            _trainer.Correct(features, demonstration.Label, embedding);
        }
        else
        {
            _trainer.Learn(features, demonstration.Label, embedding);
        }
    }
}
