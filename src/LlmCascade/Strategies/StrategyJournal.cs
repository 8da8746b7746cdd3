using System.Text;
using LlmCascade.Persistence;

namespace LlmCascade.Strategies;

/// <summary>A journal whose records are about strategies. One thread at a time.</summary>
internal sealed class StrategyJournal : IDisposable
{
    private const string Kind = "strategies";

    // Below, rewriting the file is not worth its time.
    private const long Small = 1 << 20;

    private readonly Journal _journal;
    private readonly MemoryStream _record = new();
    private readonly BinaryWriter _writer;
    private long _compactedLength;

    /// <summary>Becomes the writer of a journal.</summary>
    /// <exception cref="JournalException">Somebody else writes it.</exception>
    public StrategyJournal(string path, bool flushToDisk)
    {
        _journal = new Journal(path, Kind, flushToDisk);
        _writer = new BinaryWriter(_record, Encoding.UTF8);
    }

    public string Path => _journal.Path;

    public bool Exists => _journal.Exists;

    public Guid WriterId => _journal.WriterId;

    /// <summary>Gets whether what is superseded may be most of the file.</summary>
    public bool IsLong => _journal.Length > (2 * _compactedLength) + Small;

    /// <summary>Reads the whole journal.</summary>
    /// <exception cref="JournalException">It is damaged.</exception>
    public StrategyState Read()
    {
        LoadedStrategies? loaded = null;
        _journal.Read((header, reader) =>
        {
            loaded = Begin(header, reader);
            return content => Take(reader, content, loaded.State);
        });
        _compactedLength = _journal.Length;

        // Who was killed after a deletion has left the text in the file.
        if (loaded!.State.Sweep() > 0)
        {
            Rewrite(loaded.State);
        }

        return loaded.State;
    }

    /// <summary>Reads a journal that somebody else may be writing.</summary>
    /// <exception cref="JournalException">It is damaged, or there is none.</exception>
    public static LoadedStrategies Read(string path)
    {
        using var reader = new JournalReader(path, Kind);
        var loaded = Begin(reader.Header, reader);
        ReadRest(reader, loaded.State);
        return loaded with { End = reader.Position };
    }

    /// <summary>Reads what came since, or everything anew where the file is another one by now.</summary>
    /// <exception cref="JournalException">It is damaged, or gone.</exception>
    public static LoadedStrategies ReadOn(string path, LoadedStrategies loaded)
    {
        using (var reader = new JournalReader(path, Kind))
        {
            if (reader.Header.Id == loaded.Id && reader.Length >= loaded.End)
            {
                reader.Position = loaded.End;
                ReadRest(reader, loaded.State);
                return loaded with { End = reader.Position };
            }
        }

        return Read(path);
    }

    /// <summary>Writes records, all or none.</summary>
    /// <exception cref="JournalException">They could not be written.</exception>
    public void Write(IEnumerable<StrategyRecord> records)
    {
        foreach (var record in records)
        {
            _journal.Add(Pack(record));
        }

        _journal.Commit();
    }

    /// <summary>Begins the file anew with what is there now: nothing that was deleted is in it any more.</summary>
    /// <exception cref="JournalException">It could not be written. The file is as it was.</exception>
    public void Rewrite(StrategyState state)
    {
        _journal.Replace(state.Space.Pack(), add =>
        {
            foreach (var record in state.Records)
            {
                add(Pack(record));
            }
        });
        _compactedLength = _journal.Length;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _journal.Dispose();
    }

    private static LoadedStrategies Begin(JournalHeader header, JournalReader reader)
    {
        try
        {
            return new LoadedStrategies(header.Id, new StrategyState(EmbeddingSpace.Unpack(header.Content)), reader.Position);
        }
        catch (InvalidDataException e)
        {
            throw reader.Damaged(e.Message, e);
        }
    }

    private static void ReadRest(JournalReader reader, StrategyState state)
    {
        while (reader.TryRead(out var content))
        {
            Take(reader, content, state);
        }

        state.Sweep();
    }

    private static void Take(JournalReader reader, ReadOnlySpan<byte> content, StrategyState state)
    {
        try
        {
            using var bytes = new BinaryReader(new MemoryStream(content.ToArray(), writable: false), Encoding.UTF8);
            var record = StrategyRecordFormat.Read(bytes);
            state.Apply(bytes.BaseStream.Position == bytes.BaseStream.Length
                ? record
                : throw new InvalidDataException($"holds a record of {content.Length} bytes, of which {bytes.BaseStream.Position} were read"));
        }
        catch (InvalidDataException e)
        {
            throw reader.Damaged(e.Message, e);
        }
    }

    private ReadOnlySpan<byte> Pack(StrategyRecord record)
    {
        _record.SetLength(0);
        StrategyRecordFormat.Write(_writer, record);
        _writer.Flush();
        return _record.GetBuffer().AsSpan(0, (int)_record.Length);
    }
}
