using System.Text.Json;

namespace LlmCascade.Encoders;

/// <summary>A folder that holds a model in the layout of Hugging Face.</summary>
internal sealed class ModelFolder
{
    /// <param name="path">The folder.</param>
    /// <exception cref="DirectoryNotFoundException">There is none.</exception>
    public ModelFolder(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        Path = System.IO.Path.GetFullPath(path);
        if (!Directory.Exists(Path))
        {
            throw new DirectoryNotFoundException($"There is no model folder '{Path}'.");
        }
    }

    public string Path { get; }

    /// <summary>Gets the name of the folder, which names the model.</summary>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(Path));

    /// <summary>Finds the first of several files that is there.</summary>
    /// <exception cref="FileNotFoundException">None of them is.</exception>
    public string Find(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            var file = System.IO.Path.Combine(Path, name);
            if (File.Exists(file))
            {
                return file;
            }
        }

        throw new FileNotFoundException(
            $"'{Path}' is no folder of a model that can be used: it has no {string.Join(" and no ", names.ToArray())}.", System.IO.Path.Combine(Path, names[0]));
    }

    /// <summary>Reads a file of settings.</summary>
    /// <returns>What it says; an element of no kind where there is no such file.</returns>
    /// <exception cref="InvalidDataException">It is not JSON.</exception>
    public JsonElement ReadSettings(string name)
    {
        var file = System.IO.Path.Combine(Path, name);
        if (!File.Exists(file))
        {
            return default;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"'{file}' is not JSON: {e.Message}", e);
        }
    }
}
