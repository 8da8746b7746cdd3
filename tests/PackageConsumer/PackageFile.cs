using System.Collections.Immutable;
using System.IO.Compression;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text;
using System.Xml.Linq;

namespace PackageConsumer;

/// <summary>A packed package with the symbols beside it.</summary>
internal sealed class PackageFile
{
    private readonly string _path;
    private readonly Dictionary<string, byte[]> _files;
    private readonly XElement _metadata;

    private PackageFile(string path)
    {
        _path = path;
        _files = Unzip(path);
        var nuspec = XDocument.Load(new MemoryStream(_files.Single(file => file.Key.EndsWith(".nuspec", StringComparison.Ordinal)).Value));
        _metadata = nuspec.Root!.Elements().Single();
        Id = Metadata("id")!;
        Version = Metadata("version")!;
    }

    public string Id { get; }

    public string Version { get; }

    private string Library => $"lib/net10.0/{Id}";

    public static List<PackageFile> ReadAll(string feed) =>
        [.. Directory.GetFiles(feed, "*.nupkg").Order(StringComparer.Ordinal).Select(path => new PackageFile(path))];

    /// <summary>Finds what the package promises and does not hold.</summary>
    public IEnumerable<string> FindMistakes(string version, string repository)
    {
        if (Version != version)
        {
            yield return $"its version is {Version}";
        }

        foreach (var name in new[] { "description", "tags", "authors" })
        {
            if (string.IsNullOrWhiteSpace(Metadata(name)))
            {
                yield return $"it has no {name}";
            }
        }

        if (Element("license") is not { Value: "MIT" } license || license.Attribute("type")?.Value != "expression")
        {
            yield return "its license is no expression";
        }

        if (Metadata("readme") != "README.md" || !_files.TryGetValue("README.md", out var readme) || readme.Length == 0)
        {
            yield return "it has no README.md";
        }

        if (!_files.TryGetValue($"{Library}.xml", out var docs)
            || !XDocument.Load(new MemoryStream(docs)).Descendants("member").Any(member => member.Element("summary") is not null))
        {
            yield return "it has no XML documentation";
        }

        foreach (var mistake in FindPaths(repository))
        {
            yield return mistake;
        }

        foreach (var own in _metadata.Descendants().Where(each => each.Name.LocalName == "dependency"
            && each.Attribute("id")!.Value.StartsWith("LlmCascade", StringComparison.Ordinal)))
        {
            if (own.Attribute("version")!.Value != $"[{version}]")
            {
                yield return $"it accepts {own.Attribute("id")!.Value} {own.Attribute("version")!.Value}, whose internals it does not know";
            }
        }
    }

    /// <summary>Reads which assemblies the library refers to.</summary>
    public List<string> ReadReferences()
    {
        using var library = new PEReader(ImmutableArray.Create(_files[$"{Library}.dll"]));
        var reader = library.GetMetadataReader();
        return [.. reader.AssemblyReferences.Select(each => reader.GetString(reader.GetAssemblyReference(each).Name))];
    }

    /// <summary>Finds paths of the machine that built it.</summary>
    private IEnumerable<string> FindPaths(string repository)
    {
        foreach (var (name, content) in _files)
        {
            if (name.StartsWith('/') || name.Contains("..", StringComparison.Ordinal) || name.Contains(':', StringComparison.Ordinal))
            {
                yield return $"it holds {name}";
            }

            if (Holds(content, Encoding.UTF8.GetBytes(repository)) || Holds(content, Encoding.Unicode.GetBytes(repository)))
            {
                yield return $"{name} names the folder in which it was built";
            }
        }

        var symbols = Path.ChangeExtension(_path, ".snupkg");
        if (!File.Exists(symbols) || !Unzip(symbols).TryGetValue($"{Library}.pdb", out var pdb))
        {
            yield return "it has no symbols beside it";
            yield break;
        }

        using var provider = MetadataReaderProvider.FromPortablePdbImage(ImmutableArray.Create(pdb));
        var reader = provider.GetMetadataReader();
        if (reader.Documents.Select(each => reader.GetString(reader.GetDocument(each).Name))
            .FirstOrDefault(path => !path.StartsWith("/_/", StringComparison.Ordinal)) is { } absolute)
        {
            yield return $"its symbols name {absolute}";
        }
    }

    private string? Metadata(string name) => Element(name)?.Value;

    private XElement? Element(string name) => _metadata.Elements().SingleOrDefault(each => each.Name.LocalName == name);

    private static bool Holds(byte[] content, byte[] text) => content.AsSpan().IndexOf(text) >= 0;

    private static Dictionary<string, byte[]> Unzip(string path)
    {
        using var zip = ZipFile.OpenRead(path);
        return zip.Entries.ToDictionary(entry => entry.FullName, Read);
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var source = entry.Open();
        var target = new MemoryStream();
        source.CopyTo(target);
        return target.ToArray();
    }
}
