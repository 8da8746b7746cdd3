namespace LlmCascade.Tests.Learning;

/// <summary>Counts its lessons, which is all that it keeps.</summary>
internal sealed class CountingLearner(string kind) : IOnlineLearner, ICheckpointed
{
    public int Lessons { get; private set; }

    public int FailingWrites { get; set; }

    public Action OnWrite { get; init; } = () => { };

    public string Kind => kind;

    public int Version => 1;

    public ValueTask LearnAsync(Lesson lesson, CancellationToken cancellationToken = default)
    {
        Lessons++;
        return default;
    }

    public void Write(BinaryWriter writer)
    {
        OnWrite();
        writer.Write(FailingWrites-- > 0 ? throw new ArithmeticException("overflow") : Lessons);
    }

    public Action Read(BinaryReader reader, int version)
    {
        var lessons = reader.ReadInt32();
        return () => Lessons = lessons;
    }
}
