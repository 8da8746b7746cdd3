using System.Runtime.InteropServices;
using System.Text.Json;

namespace PackageConsumer;

/// <summary>What the restore of this program found: which package brings which others and which assemblies.</summary>
internal sealed class DependencyGraph
{
    private readonly Dictionary<string, JsonElement> _packages;

    private DependencyGraph(Dictionary<string, JsonElement> packages) => _packages = packages;

    public static DependencyGraph Read(string assetsFile)
    {
        var assets = JsonDocument.Parse(File.ReadAllText(assetsFile));
        return new DependencyGraph(assets.RootElement.GetProperty("targets").GetProperty("net10.0").EnumerateObject()
            .ToDictionary(package => package.Name.Split('/')[0], package => package.Value, StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Finds assemblies that a package needs and neither the framework nor its own dependencies bring.</summary>
    public IEnumerable<string> FindMissing(PackageFile package)
    {
        HashSet<string> brought = [];
        Collect(package.Id, [], brought);
        var framework = RuntimeEnvironment.GetRuntimeDirectory();
        return package.ReadReferences()
            .Where(name => !brought.Contains(name) && !File.Exists(Path.Combine(framework, $"{name}.dll")))
            .Select(name => $"its dependencies do not bring {name}");
    }

    private void Collect(string id, HashSet<string> seen, HashSet<string> assemblies)
    {
        // What the framework has, restore leaves out.
        if (!seen.Add(id) || !_packages.TryGetValue(id, out var package))
        {
            return;
        }

        foreach (var file in Entries(package, "runtime"))
        {
            assemblies.Add(Path.GetFileNameWithoutExtension(file));
        }

        foreach (var dependency in Entries(package, "dependencies"))
        {
            Collect(dependency, seen, assemblies);
        }
    }

    private static IEnumerable<string> Entries(JsonElement package, string name) =>
        package.TryGetProperty(name, out var entries) ? entries.EnumerateObject().Select(entry => entry.Name) : [];
}
