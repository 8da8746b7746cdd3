using LlmCascade.Persistence;
using LlmCascade.Strategies;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class FollowerTests : RepositoryTest
{
    [Fact]
    public async Task A_follower_sees_what_the_writer_adds_counts_deletes_and_compacts()
    {
        await using var writer = Open();
        await writer.AddAsync(Make());
        await using var follower = Follow();
        Assert.Equal(await ContentsAsync(writer), await ContentsAsync(follower));

        foreach (var change in (Func<Task>[])
        [
            () => writer.AddAsync(Make("Where is my parcel?")).AsTask(),
            () => writer.RecordAsync(new StrategyOutcome(Scope, Make().Id, StrategyOutcomeKind.Won)).AsTask(),
            () => writer.DeleteAsync(StrategyFilter.InScope(Scope) with { Id = Make().Id }).AsTask(),
            () => writer.CompactAsync(),
            () => writer.AddAsync(Make("Can I pay by invoice?", "tenant-2")).AsTask(),
        ])
        {
            await change();
            await follower.RefreshAsync();
            Assert.Equal(await ContentsAsync(writer), await ContentsAsync(follower));
        }

        Assert.Single(await follower.FindAsync(new StrategyQuery("tenant-2", "Can I pay by invoice?")));
        Assert.Empty(await follower.FindAsync(new StrategyQuery(Scope, Query) { MinimumSimilarity = 0.9 }));
    }

    [Fact]
    public async Task A_follower_looks_by_itself_every_second()
    {
        await using var writer = Open();
        await writer.OpenAsync();
        await using var follower = Follow();
        await follower.OpenAsync();
        await writer.AddAsync(Make());

        Time.Advance(TimeSpan.FromSeconds(1));

        while ((await follower.ListAsync(StrategyFilter.InAllScopes)).Count == 0)
        {
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_follower_that_cannot_read_serves_what_it_has_and_says_so_when_it_is_asked()
    {
        var writer = Open();
        await writer.AddAsync(Make());
        await using var follower = Follow();
        await follower.OpenAsync();
        await writer.DisposeAsync();
        File.Delete(Path);

        Time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<JournalException>(() => follower.RefreshAsync());
        Assert.Single(await follower.FindAsync(new StrategyQuery(Scope, Query)));
    }

    [Fact]
    public async Task A_follower_changes_nothing()
    {
        await using var writer = Open();
        await writer.AddAsync(Make());
        await using var follower = Follow();
        foreach (var change in (Func<Task>[])
        [
            () => follower.AddAsync(Make("Another")).AsTask(),
            () => follower.DeleteAsync(StrategyFilter.InAllScopes).AsTask(),
            () => follower.MergeAsync(Folder.File("other")),
            () => follower.CompactAsync(),
        ])
        {
            var e = await Assert.ThrowsAnyAsync<Exception>(change);
            Assert.True(e is InvalidOperationException or JournalException, e.ToString());
        }

        await follower.RecordAsync(new StrategyOutcome(Scope, Make().Id, StrategyOutcomeKind.Shown));
        Assert.Equal(default, (await OnlyAsync(follower)).Counters);
        await writer.AddAsync(Make("Where is my parcel?"));
        Assert.Equal(2, (await writer.ListAsync(StrategyFilter.InAllScopes)).Count);
    }

    [Fact]
    public async Task There_is_nothing_to_follow_before_there_is_a_journal()
    {
        await using var follower = Follow();

        var e = await Assert.ThrowsAsync<JournalException>(() => follower.OpenAsync());

        Assert.StartsWith($"The journal '{Path}' cannot be read: ", e.Message, StringComparison.Ordinal);
        Assert.Empty(Folder.Files);
    }

    private InMemoryStrategyRepository Follow() => Open(configure: options => options.IsReadOnly = true);
}
