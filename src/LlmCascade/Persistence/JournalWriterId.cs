using System.Globalization;

namespace LlmCascade.Persistence;

/// <summary>Tells who writes a journal apart from everybody who ever wrote it or a copy of it.</summary>
/// <remarks>
/// The id is kept beside a journal that was closed, in a file of its own, and taken up again only by who finds both as they were
/// left: at the same place, of the same birth, with the same end. A copy, a backup that was put back and a journal
/// whose writer was killed get a new id.
/// </remarks>
internal static class JournalWriterId
{
    private const string Extension = ".writer";

    /// <summary>Takes the id that was kept, or a new one. Nobody takes it a second time.</summary>
    /// <param name="path">The journal.</param>
    /// <param name="length">Its length.</param>
    /// <param name="checksum">The checksum at its end.</param>
    public static Guid Take(string path, long length, ulong checksum)
    {
        var kept = path + Extension;
        var id = File.Exists(kept) && File.ReadAllLines(kept) is [var first, .. var rest]
            && Guid.TryParse(first, out var found)
            && Facts(path, length, checksum) is { } facts
            && rest.SequenceEqual(facts)
                ? found
                : Guid.NewGuid();
        File.Delete(kept);
        return id;
    }

    /// <summary>Keeps the id for who opens the journal next.</summary>
    public static void Keep(string path, long length, ulong checksum, Guid id)
    {
        var kept = path + Extension;

        // Its own birth is among the facts, so that both cannot be put back together.
        File.WriteAllText(kept, "");
        if (Facts(path, length, checksum) is { } facts)
        {
            File.WriteAllLines(kept, [id.ToString(), .. facts]);
        }
    }

    private static string[]? Facts(string path, long length, ulong checksum) =>
        FileBirth.Of(path) is { } birth && FileBirth.Of(path + Extension) is { } ownBirth
            ? [path, string.Create(CultureInfo.InvariantCulture, $"{length} {checksum:x16}"), birth, ownBirth]
            : null;
}
