using LlmCascade.Students;

namespace LlmCascade.Tests.Students;

/// <summary>Always says the same, whatever it is taught.</summary>
internal sealed class FixedStudent(LabelSpace labels, params double[] probabilities) : IStudent, IDisposable
{
    public LabelSpace Labels => labels;

    public double Cost => 1;

    public bool CanPredict { get; init; } = true;

    public long Steps { get; private set; }

    public int Disposals { get; private set; }

    public string Kind => "fixed-student";

    public int Version => 1;

    public List<Demonstration> Demonstrations { get; } = [];

    public int Predictions { get; private set; }

    public ValueTask<LabelDistribution?> PredictAsync(string text, CancellationToken cancellationToken = default)
    {
        Predictions++;
        return new(new LabelDistribution(labels, [.. probabilities]));
    }

    /// <summary>Gets or sets what each lesson waits for.</summary>
    public SemaphoreSlim? Gate { get; set; }

    /// <summary>Gets how many lessons it was given, also those that wait.</summary>
    public int Lessons { get; private set; }

    public async ValueTask LearnAsync(Demonstration demonstration, CancellationToken cancellationToken = default)
    {
        Lessons++;
        await (Gate?.WaitAsync(cancellationToken) ?? Task.CompletedTask);
        Demonstrations.Add(demonstration);
        Steps++;
    }

    public void Dispose() => Disposals++;

    public void Forget(int newest) => Demonstrations.RemoveRange(0, Math.Max(0, Demonstrations.Count - newest));

    public void Write(BinaryWriter writer)
    {
    }

    public Action Read(BinaryReader reader, int version) => () => { };
}
