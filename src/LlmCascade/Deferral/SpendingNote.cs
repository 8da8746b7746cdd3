using LlmCascade.Persistence;

namespace LlmCascade.Deferral;

/// <summary>How many calls of the expert were made at most: a file of its own, written before they are made.</summary>
internal sealed class SpendingNote : ICheckpointed
{
    private readonly CheckpointStore _store;
    private readonly Action<CheckpointException> _onFailure;

    /// <summary>Initializes a note.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onFailure">
    /// Is told when the note cannot be written. Without it, a process that is killed may overspend by what it did since it
    /// saved; that is no reason to stop now.
    /// </param>
    public SpendingNote(string path, TimeProvider time, Action<CheckpointException> onFailure)
    {
        _store = new CheckpointStore(path, [KeyValuePair.Create<string, ICheckpointed>("spent", this)], time);
        _onFailure = onFailure;
    }

    /// <summary>Gets how many calls were made at most.</summary>
    public long Spent { get; private set; }

    /// <summary>Gets how many requests were counted.</summary>
    public long Requests { get; private set; }

    /// <summary>Gets how many of the calls may never have been made, by processes that were killed.</summary>
    public long Unused { get; private set; }

    public string Kind => "spending-note";

    public int Version => 2;

    /// <summary>Reads the file, and changes nothing yet.</summary>
    public Task<LoadedCheckpoint> ReadAsync(CancellationToken cancellationToken) => _store.ReadAsync(cancellationToken);

    /// <summary>Writes the file, and blocks until it is there. One caller at a time.</summary>
    public void WriteDown(long spent, long requests, long unused)
    {
        (Spent, Requests, Unused) = (spent, requests, unused);
        try
        {
            _store.Save();
        }
        catch (CheckpointException e)
        {
            _onFailure(e);
        }
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Spent);
        writer.Write(Requests);
        writer.Write(Unused);
    }

    public Action Read(BinaryReader reader, int version)
    {
        var (spent, requests, unused) = (reader.ReadInt64(), reader.ReadInt64(), version > 1 ? reader.ReadInt64() : 0);
        return spent < 0 || requests < 0 || unused < 0 || unused > spent
            ? throw new InvalidDataException($"It holds {spent} calls for {requests} requests, of which {unused} may never have been made.")
            : () => (Spent, Requests, Unused) = (spent, requests, unused);
    }
}
