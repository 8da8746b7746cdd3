using System.Collections.Immutable;

namespace LlmCascade.Agreement;

/// <summary>How often each member's answers matched the expert's. One writer, any number of readers.</summary>
internal sealed class MatchRecords
{
    private ImmutableArray<(long Matches, long All)> _counts = [];

    public void Count(int member, bool matches)
    {
        var counts = _counts;
        while (counts.Length <= member)
        {
            counts = counts.Add(default);
        }

        var (before, all) = counts[member];
        ImmutableInterlocked.InterlockedExchange(ref _counts, counts.SetItem(member, (before + (matches ? 1 : 0), all + 1)));
    }

    /// <summary>Gets the share of matches; 1/2 where nothing is known, and near it where little is.</summary>
    public double Of(int member) => _counts is { } counts && member < counts.Length ? (counts[member].Matches + 1.0) / (counts[member].All + 2) : 0.5;

    /// <summary>Takes over what was read.</summary>
    public void Install(MatchRecords other) => ImmutableInterlocked.InterlockedExchange(ref _counts, other._counts);

    public void Write(BinaryWriter writer)
    {
        writer.Write(_counts.Length);
        foreach (var (matches, all) in _counts)
        {
            writer.Write(matches);
            writer.Write(all);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It makes no sense.</exception>
    public static MatchRecords Read(BinaryReader reader)
    {
        var records = new MatchRecords();
        var count = reader.ReadInt32();
        var counts = new (long Matches, long All)[count is >= 0 and <= AgreementScore.MostCandidates ? count : throw new InvalidDataException($"No ensemble has {count} members.")];
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = (reader.ReadInt64(), reader.ReadInt64());
            if (counts[i].Matches < 0 || counts[i].Matches > counts[i].All)
            {
                throw new InvalidDataException("A member's record holds an impossible number.");
            }
        }

        records._counts = [.. counts];
        return records;
    }
}
