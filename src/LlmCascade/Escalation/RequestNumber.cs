using System.Globalization;

namespace LlmCascade.Escalation;

/// <summary>Numbers the requests that bring no key: their random draws come from it, so it is kept with what was learned.</summary>
internal sealed class RequestNumber : ICheckpointed
{
    private long _latest;

    /// <summary>Gets the number of the latest request; 0 before the first.</summary>
    public long Latest => Interlocked.Read(ref _latest);

    public string Kind => "request-number";

    public int Version => 1;

    /// <summary>Numbers a request.</summary>
    public string Next() => Interlocked.Increment(ref _latest).ToString(CultureInfo.InvariantCulture);

    public void Write(BinaryWriter writer) => writer.Write(Latest);

    public Action Read(BinaryReader reader, int version)
    {
        var latest = reader.ReadInt64();
        return latest < 0
            ? throw new InvalidDataException($"There is no request number {latest}.")
            : () => Interlocked.Exchange(ref _latest, latest);
    }
}
