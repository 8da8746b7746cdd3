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
    private long _usefulLength;

    /// <summary>Becomes the writer of a journal.</summary>
    /// <exception cref="JournalException">Somebody else writes it.</exception>
    public StrategyJournal(string path, bool flushToDisk)
    {
        _journal = new Journal(path, Kind, flushToDisk);
        _writer = new BinaryWriter(_record, Encoding.UTF8);
    }

    public bool Exists => _journal.Exists;

    public Guid WriterId => _journal.WriterId;

    /// <summary>Gets whether what is superseded may be most of the file.</summary>
    public bool IsLong => _journal.Length > (2 * _usefulLength) + Small;

    /// <summary>Gets or sets whether the file holds texts of strategies that are gone.</summary>
    public bool HoldsGoneText { get; set; }

    /// <summary>Reads the whole journal, and writes it anew where it holds texts of strategies that are gone.</summary>
    /// <exception cref="JournalException">It is damaged.</exception>
    public StrategyState Read()
    {
        LoadedStrategies? loaded = null;
        _journal.Read((header, reader) =>
        {
            loaded = Begin(header, reader);
            return content => HoldsGoneText |= Take(reader, content, loaded.State) is StrategyRecord.Forgotten;
        });

        // Who was killed after a deletion has left the text in the file.
        var state = loaded!.State;
        HoldsGoneText |= state.Sweep() > 0;
        _usefulLength = state.Records.Sum(StrategyRecordFormat.LengthOf);
        if (HoldsGoneText || IsLong)
        {
            TryRewrite(state);
        }

        return state;
    }

    /// <summary>Waits with the next compaction until the file has grown again.</summary>
    public void Postpone() => _usefulLength = _journal.Length;

    /// <summary>Reads a journal that somebody else may be writing.</summary>
    /// <exception cref="JournalException">It is damaged, or there is none.</exception>
    public static LoadedStrategies Read(string path)
    {
        using var reader = new JournalReader(path, Kind);
        var loaded = Begin(reader.Header, reader);
        ReadRest(reader, loaded.State);
        loaded.State.Sweep();
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
                if (ReadRest(reader, loaded.State))
                {
                    loaded.State.Sweep();
                }

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
            HoldsGoneText |= record is StrategyRecord.Forgotten;
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
        _usefulLength = _journal.Length;
        HoldsGoneText = false;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _journal.Dispose();
    }

    // Whoever opens it wants to read: where there is no room for a second file, the first one does.
    private void TryRewrite(StrategyState state)
    {
        try
        {
            Rewrite(state);
        }
        catch (JournalException)
        {
            Postpone();
        }
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

    // Returns whether something was deleted.
    private static bool ReadRest(JournalReader reader, StrategyState state)
    {
        var isDeletedFrom = false;
        while (reader.TryRead(out var content))
        {
            isDeletedFrom |= Take(reader, content, state) is StrategyRecord.Deleted;
        }

        return isDeletedFrom;
    }

    private static StrategyRecord Take(JournalReader reader, ReadOnlySpan<byte> content, StrategyState state)
    {
        try
        {
            using var bytes = new BinaryReader(new MemoryStream(content.ToArray(), writable: false), Encoding.UTF8);
            var record = StrategyRecordFormat.Read(bytes);
            state.Apply(bytes.BaseStream.Position == bytes.BaseStream.Length
                ? record
                : throw new InvalidDataException($"holds a record of {content.Length} bytes, of which {bytes.BaseStream.Position} were read"));
            return record;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            throw reader.Damaged(e is InvalidDataException ? e.Message : $"holds a strategy that cannot be used: {e.Message.TrimEnd('.')}", e);
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
