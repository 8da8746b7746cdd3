using System.Security.Cryptography;
using LlmCascade.Persistence;
using Xunit;

namespace LlmCascade.Tests.Persistence;

public sealed class DamagedCheckpointTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ScriptedState _first = new("first");
    private readonly ScriptedState _second = new("second", "other", version: 2);

    public DamagedCheckpointTests() => Path = _folder.File("learned");

    private string Path { get; }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_flipped_bit_is_noticed()
    {
        var file = await SaveAsync();
        for (var bit = 0; bit < 8 * file.Length; bit++)
        {
            file[bit / 8] ^= (byte)(1 << bit % 8);
            await RejectsAsync(file);
            file[bit / 8] ^= (byte)(1 << bit % 8);
        }

        await LoadAsync(file);
    }

    [Fact]
    public async Task Every_cut_is_noticed()
    {
        var file = await SaveAsync();
        for (var length = 0; length < file.Length; length++)
        {
            await RejectsAsync(file[..length]);
        }
    }

    [Fact]
    public async Task Bytes_at_the_end_are_noticed()
    {
        var file = await SaveAsync();

        await RejectsAsync([.. file, 0]);
        await RejectsAsync([.. file, .. file]);
    }

    [Fact]
    public async Task Nonsense_with_a_valid_checksum_is_rejected_as_well()
    {
        var content = (await SaveAsync())[..^SHA256.HashSizeInBytes];
        for (var i = 8; i < content.Length; i++)
        {
            foreach (var value in (byte[])[0, 1, 127, 255])
            {
                var changed = content.ToArray();
                changed[i] = value;
                try
                {
                    await LoadAsync([.. changed, .. SHA256.HashData(changed)]);
                }
                catch (CheckpointException)
                {
                }
            }
        }
    }

    [Theory]
    [InlineData("a text", "is no checkpoint of LlmCascade")]
    [InlineData("", "is no checkpoint of LlmCascade")]
    [InlineData("LlmCasc\n", "is damaged")]
    public async Task Another_file_is_told_apart(string text, string problem)
    {
        await File.WriteAllTextAsync(Path, text);

        Assert.Contains(problem, (await ThrowsAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_format_is_named()
    {
        var content = (await SaveAsync())[..^SHA256.HashSizeInBytes];
        content[8] = 9;
        await File.WriteAllBytesAsync(Path, [.. content, .. SHA256.HashData(content)]);

        Assert.Contains("has the format 9, and this version of LlmCascade reads 1", (await ThrowsAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_version_of_a_part_is_named()
    {
        await SaveAsync();

        var exception = await ThrowsAsync(("first", _first), ("second", new ScriptedState("", "other")));

        Assert.Contains(
            "the part 'second' (other) in version 2, and this version of LlmCascade reads 1 to 1", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_of_another_kind_is_named()
    {
        await SaveAsync();

        var exception = await ThrowsAsync(("first", _first), ("second", new ScriptedState("", "text")));

        Assert.Contains("the part 'second' of kind 'other', where this cascade has one of kind 'text'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_nobody_knows_is_named()
    {
        await SaveAsync();

        var exception = await ThrowsAsync(("first", _first), ("renamed", _second));

        Assert.Contains(
            "the part 'second', which this cascade does not have; it has 'first', 'renamed'", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_that_makes_no_sense_is_named_with_what_it_says()
    {
        await SaveAsync();
        _second.OnRead = _ => throw new InvalidDataException("There are 3 labels, and 2 were expected.");

        var exception = await ThrowsAsync();

        Assert.Contains("the part 'second' (other), which cannot be read: There are 3 labels, and 2 were expected. ", exception.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidDataException>(exception.InnerException);
    }

    [Fact]
    public async Task A_part_that_is_read_in_part_only_is_named()
    {
        await SaveAsync();
        _second.OnRead = reader => { reader.ReadByte(); return () => { }; };

        Assert.Contains("the part 'second' (other), of which 6 of 7 bytes were not read", (await ThrowsAsync()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_reads_none_of_the_next_ones_bytes()
    {
        await SaveAsync();
        _first.OnRead = reader => { reader.ReadBytes(6); reader.ReadByte(); return () => { }; };

        Assert.IsType<EndOfStreamException>((await ThrowsAsync()).InnerException);
    }

    [Fact]
    public async Task What_was_rejected_is_kept_when_something_else_is_saved()
    {
        var newer = await SaveAsync();
        var store = new CheckpointStore(Path, new Dictionary<string, ICheckpointed> { ["first"] = _first });
        await Assert.ThrowsAsync<CheckpointException>(() => store.LoadAsync());

        await store.SaveAsync();
        await store.SaveAsync();

        Assert.Equal([Path, Path + ".rejected"], _folder.Files);
        Assert.Equal(newer, await File.ReadAllBytesAsync(Path + ".rejected"));
        Assert.True((await store.LoadAsync()).IsFound);
    }

    [Fact]
    public async Task What_was_rejected_may_be_moved_away_before_something_is_saved()
    {
        await SaveAsync();
        var store = new CheckpointStore(Path, new Dictionary<string, ICheckpointed> { ["first"] = _first });
        await Assert.ThrowsAsync<CheckpointException>(() => store.LoadAsync());
        File.Move(Path, _folder.File("moved"));

        await store.SaveAsync();

        Assert.Equal([Path, _folder.File("moved")], _folder.Files);
    }

    // Whatever is wrong, nothing was loaded.
    private async Task<CheckpointException> ThrowsAsync(params (string Name, ICheckpointed State)[] parts)
    {
        parts = parts is [] ? [("first", _first), ("second", _second)] : parts;
        (_first.Text, _second.Text) = ("as it was", "as it was");
        var store = new CheckpointStore(Path, parts.ToDictionary(part => part.Name, part => part.State));

        var exception = await Assert.ThrowsAsync<CheckpointException>(() => store.LoadAsync());

        Assert.Equal(Path, exception.Path);
        Assert.StartsWith($"The checkpoint '{Path}' ", exception.Message, StringComparison.Ordinal);
        Assert.Equal(("as it was", "as it was"), (_first.Text, _second.Text));
        return exception;
    }

    private async Task RejectsAsync(byte[] file)
    {
        await File.WriteAllBytesAsync(Path, file);
        await ThrowsAsync();
    }

    private async Task<byte[]> SaveAsync()
    {
        await Store().SaveAsync();
        return await File.ReadAllBytesAsync(Path);
    }

    private async Task LoadAsync(byte[] file)
    {
        await File.WriteAllBytesAsync(Path, file);
        await Store().LoadAsync();
    }

    private CheckpointStore Store() => new(
        Path, new Dictionary<string, ICheckpointed> { ["first"] = _first, ["second"] = _second });
}
