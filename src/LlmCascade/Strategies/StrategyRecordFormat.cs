using System.Text;

namespace LlmCascade.Strategies;

/// <summary>The bytes of a record. Those of every version that was released stay readable: new kinds get new numbers.</summary>
internal static class StrategyRecordFormat
{
    private const byte Added = 1;
    private const byte Counted = 2;
    private const byte Deleted = 3;
    private const byte Forgotten = 4;

    // About what a record takes beside its texts and its embedding.
    private const int Short = 100;

    public static void Write(BinaryWriter writer, StrategyRecord record)
    {
        switch (record)
        {
            case StrategyRecord.Added added:
                writer.Write(Added);
                Write(writer, added.Strategy);
                break;
            case StrategyRecord.Counted counted:
                writer.Write(Counted);
                WriteId(writer, counted.Id);
                writer.Write(counted.Writer.ToByteArray());
                Write(writer, counted.Counters);
                break;
            case StrategyRecord.Deleted deleted:
                writer.Write(Deleted);
                Write(writer, deleted.Tombstone);
                break;
            case StrategyRecord.Forgotten forgotten:
                writer.Write(Forgotten);
                WriteId(writer, forgotten.Id);
                break;
            default:
                throw new ArgumentException($"There are no bytes for {record.GetType().Name}.", nameof(record));
        }
    }

    /// <summary>Estimates how many bytes a record takes in a file.</summary>
    public static long LengthOf(StrategyRecord record) => record is StrategyRecord.Added { Strategy: var strategy }
        ? Short + (sizeof(float) * strategy.Embedding.Length) + Encoding.UTF8.GetByteCount(strategy.Query) + Encoding.UTF8.GetByteCount(strategy.Text)
        : Short;

    /// <exception cref="InvalidDataException">The bytes make no sense; the message completes "The journal …".</exception>
    public static StrategyRecord Read(BinaryReader reader)
    {
        try
        {
            var kind = reader.ReadByte();
            return kind switch
            {
                Added => new StrategyRecord.Added(ReadStrategy(reader)),
                Counted => new StrategyRecord.Counted(ReadId(reader), new Guid(reader.ReadBytes(16)), ReadCounters(reader)),
                Deleted => new StrategyRecord.Deleted(ReadTombstone(reader)),
                Forgotten => new StrategyRecord.Forgotten(ReadId(reader)),
                _ => throw new InvalidDataException($"holds a record of kind {kind}, which this version of LlmCascade does not know"),
            };
        }
        catch (Exception e) when (e is ArgumentException or IOException or FormatException or OverflowException)
        {
            throw new InvalidDataException($"holds a record that cannot be read: {e.Message.TrimEnd('.')}", e);
        }
    }

    private static void Write(BinaryWriter writer, Strategy strategy)
    {
        writer.Write(strategy.Scope);
        writer.Write(strategy.Query);
        writer.Write(strategy.Text);
        writer.Write(strategy.Producer);
        writer.Write(strategy.ModelId ?? "");
        writer.Write(strategy.CreatedAt.UtcTicks);
        writer.Write((byte)strategy.Status);
        writer.Write(strategy.Embedding.Length);
        foreach (var number in strategy.Embedding.Span)
        {
            writer.Write(number);
        }
    }

    private static Strategy ReadStrategy(BinaryReader reader)
    {
        var (scope, query, text, producer) = (reader.ReadString(), reader.ReadString(), reader.ReadString(), reader.ReadString());
        var model = reader.ReadString();
        var createdAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero);
        var status = (StrategyStatus)reader.ReadByte();
        var length = reader.ReadInt32();
        if (length < 0 || length > (reader.BaseStream.Length - reader.BaseStream.Position) / sizeof(float))
        {
            throw new InvalidDataException($"holds an embedding of {length} numbers, and there are not as many");
        }

        var embedding = new float[length];
        foreach (ref var number in embedding.AsSpan())
        {
            number = reader.ReadSingle();
        }

        return new Strategy(scope, query, text, producer)
        {
            ModelId = model.Length == 0 ? null : model,
            CreatedAt = createdAt,
            Status = status,
            Embedding = embedding,
        };
    }

    private static void Write(BinaryWriter writer, StrategyCounters counters)
    {
        writer.Write(counters.Shown);
        writer.Write(counters.Wins);
        writer.Write(counters.Losses);
        writer.Write(counters.SquaredWeights);
        writer.Write(counters.DraftsAgreed);
        writer.Write(counters.DraftsDisagreed);
    }

    private static StrategyCounters ReadCounters(BinaryReader reader) => new(
        reader.ReadInt64(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadInt64(), reader.ReadInt64());

    private static void Write(BinaryWriter writer, Tombstone tombstone)
    {
        foreach (var number in (ReadOnlySpan<UInt128>)[tombstone.Key, tombstone.Id, tombstone.Scope, tombstone.Producer])
        {
            writer.Write((ulong)(number >> 64));
            writer.Write((ulong)number);
        }

        writer.Write(tombstone.Until.UtcTicks);
    }

    private static Tombstone ReadTombstone(BinaryReader reader) => new(
        ReadNumber(reader), ReadNumber(reader), ReadNumber(reader), ReadNumber(reader), new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero));

    private static UInt128 ReadNumber(BinaryReader reader) => new(reader.ReadUInt64(), reader.ReadUInt64());

    private static void WriteId(BinaryWriter writer, string id) => writer.Write(Convert.FromHexString(id));

    private static string ReadId(BinaryReader reader) => Convert.ToHexStringLower(reader.ReadBytes(16));
}
