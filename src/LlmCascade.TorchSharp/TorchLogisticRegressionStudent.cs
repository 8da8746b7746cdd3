using System.Runtime.InteropServices;
using LlmCascade.Calibration;
using LlmCascade.Embeddings;
using LlmCascade.Linear;
using LlmCascade.Students;

namespace LlmCascade;

/// <summary>A logistic regression over the hashed words of a text whose weights lie on a device of TorchSharp.</summary>
/// <remarks>Its features are those of the managed student. It learns by steps of gradient descent instead of to the optimum.</remarks>
internal sealed class TorchLogisticRegressionStudent : IStudent, IDisposable
{
    private const int Bits = 20;
    private const ulong HashSeed = 0x4C6C6D43617363;
    private const double CostOfPrediction = 1e-5;

    private readonly HashedFeatures _features = new(Bits, characterNGrams: true, HashSeed);
    private readonly BagOfFeatures _model;
    private readonly Lock _lock = new();
    private long _steps;
    private long _lessons;
    private bool _isDisposed;

    public TorchLogisticRegressionStudent(LabelSpace labels, ulong seed, string device)
    {
        Labels = labels;
        _model = new BagOfFeatures(_features.Dimension, labels.Labels.Length, new SplitMix(seed), TorchBackend.Open(device));
    }

    public LabelSpace Labels { get; }

    public double Cost => CostOfPrediction;

    public bool CanPredict => !Volatile.Read(ref _isDisposed) && Volatile.Read(ref _lessons) >= LogisticStudent.FirstLessons;

    public long Steps => Volatile.Read(ref _steps);

    public string Kind => "torch-logistic-student";

    public int Version => 1;

    public ValueTask<LabelDistribution?> PredictAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        cancellationToken.ThrowIfCancellationRequested();
        using var features = _features.Extract(text);
        lock (_lock)
        {
            return new(CanPredict
                ? new LabelDistribution(Labels, ImmutableCollectionsMarshal.AsImmutableArray(_model.Predict(features.Indices)))
                : null);
        }
    }

    public ValueTask LearnAsync(Demonstration demonstration, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(demonstration);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)demonstration.Label, (uint)Labels.Labels.Length, nameof(demonstration));
        cancellationToken.ThrowIfCancellationRequested();
        using var features = _features.Extract(demonstration.Text);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _model.Learn(features.Indices, demonstration.Label, demonstration.IsCorrection);
            Count();
        }

        return default;
    }

    public void Forget(int newest)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(newest);
        lock (_lock)
        {
            _model.Forget(newest);
        }
    }

    public void Write(BinaryWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(Labels.ToString());
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _model.Write(writer);
        }
    }

    public Action Read(BinaryReader reader, int version)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var labels = reader.ReadString();
        if (labels != Labels.ToString())
        {
            throw new InvalidDataException($"Its labels are {labels}, where this student has {Labels}.");
        }

        var install = _model.Read(reader);
        return () =>
        {
            lock (_lock)
            {
                if (!_isDisposed)
                {
                    install();
                    Count();
                }
            }
        };
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (!_isDisposed)
            {
                Volatile.Write(ref _isDisposed, true);
                _model.Dispose();
            }
        }
    }

    private void Count()
    {
        Volatile.Write(ref _steps, _model.Steps);
        Volatile.Write(ref _lessons, _model.Lessons);
    }
}
