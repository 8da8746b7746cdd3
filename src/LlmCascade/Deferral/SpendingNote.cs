namespace LlmCascade.Deferral;

/// <summary>How many calls of the expert were made at most, written down before they are made.</summary>
internal sealed class SpendingNote : ICheckpointed
{
    public long Spent { get; set; }

    public long Requests { get; set; }

    public string Kind => "spending-note";

    public int Version => 1;

    public void Write(BinaryWriter writer)
    {
        writer.Write(Spent);
        writer.Write(Requests);
    }

    public Action Read(BinaryReader reader, int version)
    {
        var (spent, requests) = (reader.ReadInt64(), reader.ReadInt64());
        return spent < 0 || requests < 0
            ? throw new InvalidDataException($"It holds {spent} calls for {requests} requests.")
            : () => (Spent, Requests) = (spent, requests);
    }
}
