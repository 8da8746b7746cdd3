using System.Runtime.InteropServices;

namespace LlmCascade.Students;

/// <summary>A logistic regression over the words, word pairs and word pieces of a text, which goes over all demonstrations again as they grow.</summary>
/// <remarks>Demonstrations are kept as hashed features, not as texts.</remarks>
internal sealed class LogisticStudent : IStudent
{
    private const int Bits = 20;

    // Against 110 million parameters: a text looks at a few hundred of them.
    private const double CostOfPrediction = 1e-5;

    // Any number would do; checkpoints hold it, so that it could be changed.
    private const ulong HashSeed = 0x4C6C6D43617363;

    private readonly HashedFeatures _features;
    private readonly LogisticSettings _settings;
    private volatile LogisticTrainer _trainer;

    private LogisticStudent(LabelSpace labels, HashedFeatures features, LogisticSettings settings, ulong seed)
    {
        Labels = labels;
        _features = features;
        _settings = settings;
        _trainer = new LogisticTrainer(settings, seed);
    }

    public LabelSpace Labels { get; }

    public double Cost => CostOfPrediction;

    public bool CanPredict => _trainer.Model.Demonstrations > 0;

    public long Steps => _trainer.Steps;

    public string Kind => "logistic-student";

    public int Version => 1;

    /// <summary>Makes the student that learns by default.</summary>
    public static LogisticStudent Create(LabelSpace labels, ulong seed) => new(
        labels,
        new HashedFeatures(Bits, characterNGrams: true, HashSeed),
        new LogisticSettings(labels.Labels.Length, 1 << Bits),
        seed);

    /// <summary>Makes the student of the paper's mode: TF-IDF over words, and all demonstrations gone over whenever a cache of eight is full.</summary>
    public static LogisticStudent CreateAsInThePaper(LabelSpace labels, ulong seed) => new(
        labels,
        new HashedFeatures(Bits, characterNGrams: false, HashSeed),
        new LogisticSettings(labels.Labels.Length, 1 << Bits)
        {
            Weighting = TermWeighting.InverseDocumentFrequency,
            Growth = 0,
            LeastGrowth = 8,
        },
        seed);

    public ValueTask<LabelDistribution?> PredictAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var model = _trainer.Model;
        if (model.Demonstrations == 0)
        {
            return default;
        }

        var probabilities = new double[Labels.Labels.Length];
        using (var features = _features.Extract(text))
        {
            model.Predict(features.Indices, probabilities);
        }

        return new(new LabelDistribution(Labels, ImmutableCollectionsMarshal.AsImmutableArray(probabilities)));
    }

    public ValueTask LearnAsync(Demonstration demonstration, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(demonstration);
        using var features = _features.Extract(demonstration.Text);
        _trainer.Learn(features.Indices, demonstration.Label);
        return default;
    }

    /// <summary>Goes over all demonstrations now, also those that wait for more.</summary>
    public void Revise() => _trainer.Replay();

    public void Forget(int newest) => _trainer.Forget(newest);

    public void Write(BinaryWriter writer)
    {
        writer.Write(_features.Bits);
        writer.Write(_features.CharacterNGrams);
        writer.Write(_features.Seed);
        writer.Write(Labels.Labels.Length);
        foreach (var label in Labels.Labels)
        {
            writer.Write(label);
        }

        _trainer.Write(writer);
    }

    public Action Read(BinaryReader reader, int version)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var features = (reader.ReadInt32(), reader.ReadBoolean(), reader.ReadUInt64());
        if (features != (_features.Bits, _features.CharacterNGrams, _features.Seed))
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

        var trainer = LogisticTrainer.Read(reader, _settings);
        return () => _trainer = trainer;
    }
}
