using LlmCascade.Persistence;
using LlmCascade.Tests.Persistence;
using Xunit;

namespace LlmCascade.Tests.Checkpoints;

/// <summary>README.md beside this file says how a new file is made.</summary>
public sealed class ReleasedCheckpointTests
{
    private const string WriteVariable = "LLMCASCADE_WRITE_CHECKPOINTS";

    private static readonly string _folder = Path.Combine(RepositoryRoot.Path, "tests", "LlmCascade.Tests", "Checkpoints");

    public static TheoryData<string> Names => [.. ReleasedCheckpoints.All.Select(each => each.Name)];

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(_folder, "*.checkpoint").Select(file => Path.GetFileName(file)).Order()];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task A_file_of_every_released_version_is_loaded(string file)
    {
        var entry = Assert.Single(ReleasedCheckpoints.All, each => each.Name == file[..file.LastIndexOf('-')]);
        var parts = entry.Create();

        var loaded = await new CheckpointStore(Path.Combine(_folder, file), parts).LoadAsync();

        Assert.Empty(loaded.MissingParts);
        entry.Check(parts);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_version_has_its_file(string name)
    {
        var entry = ReleasedCheckpoints.All.Single(each => each.Name == name);
        var path = Path.Combine(_folder, entry.FileName);
        if (!File.Exists(path) && Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            await SaveAsync(entry, path);
        }

        Assert.True(File.Exists(path), $"{entry.FileName} is missing. Run this test with {WriteVariable}=1, and commit the file.");
    }

    // A change of the bytes without a new version would leave the old bytes without a file.
    [Theory]
    [MemberData(nameof(Names))]
    public async Task What_was_loaded_is_saved_byte_for_byte_as_it_was(string name)
    {
        using var folder = new TemporaryFolder();
        var entry = ReleasedCheckpoints.All.Single(each => each.Name == name);
        var path = Path.Combine(_folder, entry.FileName);
        var parts = entry.Create();
        await new CheckpointStore(path, parts).LoadAsync();

        await new CheckpointStore(folder.File("again"), parts).SaveAsync();

        Assert.Equal(await File.ReadAllBytesAsync(path), await File.ReadAllBytesAsync(folder.File("again")));
    }

    private static async Task SaveAsync(ReleasedCheckpoint entry, string path)
    {
        var parts = entry.Create();
        entry.Train(parts);
        entry.Check(parts);
        await new CheckpointStore(path, parts).SaveAsync();
    }
}
