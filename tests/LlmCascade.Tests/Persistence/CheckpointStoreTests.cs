using LlmCascade.Persistence;
using Xunit;

namespace LlmCascade.Tests.Persistence;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CheckpointStoreTests() => Path = _folder.File("learned");

    private string Path { get; }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_was_saved_is_loaded()
    {
        await Store(("a", new ScriptedState("one")), ("b", new ScriptedState("", version: 3))).SaveAsync();
        ScriptedState a = new("x"), b = new("y", version: 3);

        var loaded = await Store(("a", a), ("b", b)).LoadAsync();

        Assert.True(loaded.IsFound);
        Assert.Empty(loaded.MissingParts);
        Assert.Equal(("one", "", 3), (a.Text, b.Text, b.ReadVersion));
        Assert.Equal(Path, Assert.Single(_folder.Files));
    }

    [Fact]
    public async Task A_file_that_is_not_there_yet_is_no_error()
    {
        var state = new ScriptedState("as it was");

        Assert.False((await Store(("a", state)).LoadAsync()).IsFound);
        Assert.False((await new CheckpointStore(_folder.File("no/folder"), Parts(("a", state))).LoadAsync()).IsFound);
        Assert.Equal("as it was", state.Text);
    }

    [Fact]
    public async Task The_folder_is_made_when_something_is_saved()
    {
        var path = _folder.File("deep/er/learned");

        await new CheckpointStore(path, Parts(("a", new ScriptedState("one")))).SaveAsync();

        Assert.True(File.Exists(path));
    }

    [Fact]
    public async Task A_save_replaces_what_was_saved_before()
    {
        var state = new ScriptedState(new string('x', 10_000));
        var store = Store(("a", state));
        await store.SaveAsync();
        state.Text = "short";
        await store.SaveAsync();
        state.Text = "";

        await store.LoadAsync();

        Assert.Equal("short", state.Text);
    }

    [Fact]
    public async Task What_is_saved_is_the_state_at_the_call_whatever_is_learned_afterwards()
    {
        var state = new ScriptedState("at the call");
        var store = Store(("a", state));

        var save = store.SaveAsync();
        state.Text = "afterwards";
        await save;
        await store.LoadAsync();

        Assert.Equal("at the call", state.Text);
    }

    [Fact]
    public async Task Saves_that_overlap_leave_the_latest_state()
    {
        var state = new ScriptedState("");
        var store = Store(("a", state));
        for (var round = 0; round < 20; round++)
        {
            List<Task> saves = [];
            for (var i = 0; i < 8; i++)
            {
                state.Text = $"{round} {i}";
                saves.Add(store.SaveAsync());
            }

            await Task.WhenAll(saves);
            state.Text = "";
            await store.LoadAsync();

            Assert.Equal($"{round} 7", state.Text);
        }
    }

    [Fact]
    public async Task Older_versions_of_a_part_are_read()
    {
        await Store(("a", new ScriptedState("old"))).SaveAsync();
        var state = new ScriptedState("new", version: 4);

        await Store(("a", state)).LoadAsync();

        Assert.Equal(("old", 1), (state.Text, state.ReadVersion));
    }

    [Fact]
    public async Task A_part_that_came_after_the_file_stays_as_it_is_and_is_named()
    {
        await Store(("a", new ScriptedState("one"))).SaveAsync();
        ScriptedState a = new(""), later = new("untrained");

        var loaded = await Store(("later", later), ("a", a)).LoadAsync();

        Assert.Equal("later", Assert.Single(loaded.MissingParts));
        Assert.Equal(("one", "untrained"), (a.Text, later.Text));
    }

    [Fact]
    public async Task A_cancelled_save_leaves_the_former_file_and_nothing_else()
    {
        var state = new ScriptedState("former");
        var store = Store(("a", state));
        await store.SaveAsync();
        state.Text = "cancelled";

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.SaveAsync(new CancellationToken(canceled: true)));
        await store.LoadAsync();

        Assert.Equal("former", state.Text);
        Assert.Equal(Path, Assert.Single(_folder.Files));
    }

    [Fact]
    public async Task A_cancelled_load_loads_nothing()
    {
        await Store(("a", new ScriptedState("saved"))).SaveAsync();
        using var stop = new CancellationTokenSource();
        var state = new ScriptedState("as it was");
        state.OnRead = reader =>
        {
            stop.Cancel();
            reader.ReadString();
            return () => state.Text = "installed";
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store(("a", state)).LoadAsync(stop.Token));

        Assert.Equal("as it was", state.Text);
    }

    [Fact]
    public async Task What_killed_processes_left_behind_is_deleted_and_what_others_are_writing_is_not()
    {
        var files = new[] { "learned.1.tmp", "learned.2.tmp", "learned.backup", "other.3.tmp" };
        Array.ForEach(files, file => File.WriteAllText(_folder.File(file), "half"));
        var longAgo = TimeProvider.System.GetUtcNow().AddHours(-1).UtcDateTime;
        Array.ForEach(["learned.1.tmp", "learned.backup", "other.3.tmp"], file => File.SetLastWriteTimeUtc(_folder.File(file), longAgo));

        await Store(("a", new ScriptedState("one"))).SaveAsync();

        Assert.Equal(
            ["learned", "learned.2.tmp", "learned.backup", "other.3.tmp"],
            _folder.Files.Select(System.IO.Path.GetFileName));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_reported_with_its_path()
    {
        var path = System.IO.Path.Combine(Path, "learned");
        await File.WriteAllTextAsync(Path, "a file where the folder should be");

        var exception = await Assert.ThrowsAsync<CheckpointException>(
            () => new CheckpointStore(path, Parts(("a", new ScriptedState("one")))).SaveAsync());

        Assert.Equal(path, exception.Path);
        Assert.Contains("cannot be saved", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_opened_is_reported_with_its_path()
    {
        Directory.CreateDirectory(Path);

        var exception = await Assert.ThrowsAsync<CheckpointException>(() => Store(("a", new ScriptedState("one"))).LoadAsync());

        Assert.Equal(Path, exception.Path);
        Assert.Contains("cannot be read", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    public void A_path_is_needed(string path) => Assert.Throws<ArgumentException>(() => new CheckpointStore(path, []));

    private static Dictionary<string, ICheckpointed> Parts(params (string Name, ICheckpointed State)[] parts) =>
        parts.ToDictionary(part => part.Name, part => part.State);

    private CheckpointStore Store(params (string Name, ICheckpointed State)[] parts) => new(Path, Parts(parts));
}
