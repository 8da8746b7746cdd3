using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace LlmCascade.Agreement;

/// <summary>What a calibrator's numbers are about: a measure and the members of one ensemble.</summary>
internal sealed record Binding(string Measure, ImmutableArray<string> Members, bool AreNamed, ILogger Logger)
{
    /// <summary>Gets the number of features.</summary>
    public int Features => AgreementFeatures.Count(Members.Length, AreNamed);

    public bool IsSameAs(Binding other) => Measure == other.Measure && AreNamed == other.AreNamed && Members.SequenceEqual(other.Members);

    /// <summary>Finds the members that are others than those of what was saved.</summary>
    /// <exception cref="InvalidDataException">It was saved with another measure, or for another number of members.</exception>
    public ImmutableArray<string> Compare((string Measure, ImmutableArray<string> Members, bool AreNamed) saved)
    {
        if (saved.Measure != Measure)
        {
            throw new InvalidDataException($"It was learned with the measure '{saved.Measure}', and agreement is measured with '{Measure}' now, whose numbers mean something else");
        }

        if (saved.Members.Length != Members.Length || saved.AreNamed != AreNamed)
        {
            throw new InvalidDataException($"It was learned from {saved.Members.Length} {(saved.AreNamed ? "members" : "samples")}, and there are {Members.Length} {(AreNamed ? "members" : "samples")} now");
        }

        return [.. Members.Zip(saved.Members).Where(pair => pair.First != pair.Second).Select(pair => $"{pair.First} for {pair.Second}")];
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Measure);
        writer.Write(AreNamed);
        writer.Write(Members.Length);
        foreach (var member in Members)
        {
            writer.Write(member);
        }
    }

    public static (string Measure, ImmutableArray<string> Members, bool AreNamed) Read(BinaryReader reader)
    {
        var (measure, areNamed, count) = (reader.ReadString(), reader.ReadBoolean(), reader.ReadInt32());
        return count is >= 0 and <= AgreementScore.MostCandidates
            ? (measure, [.. Enumerable.Range(0, count).Select(_ => reader.ReadString())], areNamed)
            : throw new InvalidDataException($"No ensemble has {count} members.");
    }
}
