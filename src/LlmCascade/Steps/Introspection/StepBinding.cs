using System.Collections.Immutable;
using LlmCascade.Calibration;

namespace LlmCascade.Steps.Introspection;

/// <summary>What a calibrator's numbers are about: the introspectors, in their order, and what says whether a step matches.</summary>
internal sealed record StepBinding(ImmutableArray<string> Introspectors, string Match)
{
    private const int MostIntrospectors = 1000;

    /// <summary>Gets the id of what is calibrated so.</summary>
    public string Id => ComposedId.Of("calibrated-v1", [CalibrationFeatures.Id, Match, .. Introspectors]);

    /// <summary>Gets the number of features.</summary>
    public int Features => CalibrationFeatures.Count(Introspectors.Length);

    public bool IsSameAs(StepBinding other) => Match == other.Match && Introspectors.SequenceEqual(other.Introspectors);

    public void Write(BinaryWriter writer)
    {
        writer.Write(CalibrationFeatures.Id);
        writer.Write(Match);
        writer.Write(Introspectors.Length);
        foreach (var id in Introspectors)
        {
            writer.Write(id);
        }
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It makes no sense, or features are others now.</exception>
    public static StepBinding Read(BinaryReader reader)
    {
        var (features, match, count) = (reader.ReadString(), reader.ReadString(), reader.ReadInt32());
        return features != CalibrationFeatures.Id ? throw new InvalidDataException($"It was learned from the features '{features}', and they are '{CalibrationFeatures.Id}' now")
            : count is < 1 or > MostIntrospectors ? throw new InvalidDataException($"No calibrator has {count} introspectors.")
            : new StepBinding([.. Enumerable.Range(0, count).Select(_ => reader.ReadString())], match);
    }

    /// <summary>Names both, for messages.</summary>
    public override string ToString() => $"{string.Join(", ", Introspectors.Select(id => $"'{id}'"))} with the measure '{Match}'";
}
