using LlmCascade.Persistence;
using LlmCascade.Strategies;
using Xunit;

namespace LlmCascade.Tests.Strategies;

/// <summary>What went wrong once with a repository in a file.</summary>
public sealed class RepositoryRegressionTests : RepositoryTest
{
    [Fact]
    public async Task A_journal_does_not_grow_with_every_restart()
    {
        for (var run = 0; run < 12; run++)
        {
            await using var repository = Open();
            await repository.AddAsync(Make());
            for (var i = 0; i < 5000; i++)
            {
                await repository.RecordAsync(new StrategyOutcome(Scope, Make().Id, StrategyOutcomeKind.Shown));
            }
        }

        Assert.InRange(new FileInfo(Path).Length, 0, 3 << 20);
        await using var last = Open();
        Assert.Equal(60_000, (await OnlyAsync(last)).Counters.Shown);
    }

    [Fact]
    public async Task What_was_evicted_and_then_deleted_is_in_no_file_once_the_repository_was_disposed()
    {
        await using (var repository = Open(configure: options => options.MaxStrategies = 1))
        {
            await repository.AddAsync(Make());
            Time.Advance(TimeSpan.FromDays(1));
            await repository.AddAsync(Make("Where is my parcel?"));
            Assert.Equal(0, await repository.DeleteAsync(StrategyFilter.InScope(Scope) with { Id = Make().Id }));
        }

        Assert.DoesNotContain("lamp", await File.ReadAllTextAsync(Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_expired_is_in_no_file_once_it_was_opened_again()
    {
        await using (var repository = Open(configure: options => options.TimeToLive = TimeSpan.FromDays(1)))
        {
            await repository.AddAsync(Make());
        }

        Time.Advance(TimeSpan.FromDays(2));
        await using var again = Open(configure: options => options.TimeToLive = TimeSpan.FromDays(1));
        await again.OpenAsync();

        Assert.DoesNotContain("lamp", await File.ReadAllTextAsync(Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_killed_process_had_deleted_is_in_no_file_once_it_was_opened_again()
    {
        await using (var repository = Open("killed"))
        {
            await repository.AddAllAsync([Make(), Make("Where is my parcel?")]);
            await repository.DeleteAsync(StrategyFilter.InScope(Scope) with { Id = Make().Id });
            File.Copy(Folder.File("killed"), Path);
        }

        Assert.Contains("lamp", await File.ReadAllTextAsync(Path), StringComparison.Ordinal);
        await using var again = Open();
        await again.OpenAsync();

        Assert.DoesNotContain("lamp", await File.ReadAllTextAsync(Path), StringComparison.Ordinal);
        Assert.Equal("Where is my parcel?", (await OnlyAsync(again)).Query);
    }

    [Fact]
    public async Task A_link_is_another_name_of_the_same_journal()
    {
        await using var first = Open();
        await first.AddAsync(Make());
        File.CreateSymbolicLink(Folder.File("link"), Path);
        await using var second = Open("link");

        await Assert.ThrowsAsync<JournalException>(() => second.OpenAsync());
        await first.DisposeAsync();
        await second.AddAsync(Make("through the link"));
        await second.CompactAsync();
        await second.DisposeAsync();

        Assert.NotNull(new FileInfo(Folder.File("link")).LinkTarget);
        await using var third = Open();
        Assert.Equal(2, (await third.ListAsync(StrategyFilter.InAllScopes)).Count);
    }

    [Fact]
    public async Task A_compaction_that_nobody_asked_for_and_that_fails_is_no_failure_of_what_was_written()
    {
        await using var repository = Open();
        await repository.AddAsync(Make());
        Directory.CreateDirectory(Path + ".tmp");

        for (var i = 0; i < 12_000; i++)
        {
            await repository.RecordAsync(new StrategyOutcome(Scope, Make().Id, StrategyOutcomeKind.Shown));
        }

        await Assert.ThrowsAsync<JournalException>(() => repository.CompactAsync());
        Assert.Equal(12_000, (await OnlyAsync(repository)).Counters.Shown);
    }

    [Fact]
    public async Task What_has_expired_can_be_made_again_at_once()
    {
        await using var repository = Open(configure: options => options.TimeToLive = TimeSpan.FromDays(30));
        await repository.AddAsync(Make());
        Time.Advance(TimeSpan.FromDays(30.5));

        Assert.True(await repository.AddAsync(Make()));

        Assert.Single(await repository.FindAsync(new StrategyQuery(Scope, Query)));
        Assert.Equal(Time.GetUtcNow(), (await OnlyAsync(repository)).CreatedAt);
    }

    [Fact]
    public async Task What_expires_while_it_is_added_again_damages_nothing()
    {
        // Each look at the clock is a minute later: what was alive a moment ago has expired now.
        var time = new SteppingTime(Time.GetUtcNow());
        for (var i = 0; i < 40; i++)
        {
            await using var repository = new InMemoryStrategyRepository(
                new StrategyRepositoryOptions { Path = Path, TimeProvider = time, TimeToLive = TimeSpan.FromMinutes(5) });
            await repository.AddAllAsync([.. Enumerable.Range(0, 5).Select(j => Make($"question {j}"))]);
            await repository.AddAsync(Make($"question {i % 5}"));
        }

        await using var again = Open();
        Assert.All(await again.ListAsync(StrategyFilter.InAllScopes), each => Assert.Equal(384, each.Embedding.Length));
    }

    [Fact]
    public async Task What_is_merged_takes_the_place_of_what_has_expired()
    {
        await using var first = Open("a", options => options.TimeToLive = TimeSpan.FromDays(30));
        await using var second = Open("b");
        await first.AddAsync(Make());
        Time.Advance(TimeSpan.FromDays(20));
        await second.AddAsync(Make());
        Time.Advance(TimeSpan.FromDays(10.2));

        Assert.Equal(1, (await first.MergeAsync(Folder.File("b"))).Added);

        Assert.Single(await first.FindAsync(new StrategyQuery(Scope, Query)));
    }

    [Fact]
    public async Task A_copy_that_has_expired_changes_nothing()
    {
        await using var repository = Open(configure: options => options.TimeToLive = TimeSpan.FromDays(30));
        await repository.AddAsync(Make());

        Assert.False(await repository.AddAsync(Make() with { CreatedAt = Time.GetUtcNow() - TimeSpan.FromDays(40) }));

        Assert.Single(await repository.FindAsync(new StrategyQuery(Scope, Query)));
    }

    [Fact]
    public async Task Where_there_is_no_room_to_compact_a_journal_is_opened_and_closed_all_the_same()
    {
        await using (var repository = Open(configure: options => options.MaxStrategies = 1))
        {
            await repository.AddAsync(Make());
            Time.Advance(TimeSpan.FromDays(1));
            await repository.AddAsync(Make("Where is my parcel?"));
            Directory.CreateDirectory(Path + ".tmp");
        }

        await using (var again = Open(configure: options => options.TimeToLive = TimeSpan.FromHours(1)))
        {
            Time.Advance(TimeSpan.FromDays(1));
            Assert.Empty(await again.ListAsync(StrategyFilter.InAllScopes));
        }

        Directory.Delete(Path + ".tmp");
        await using var last = Open();
        Assert.Empty(await last.ListAsync(StrategyFilter.InAllScopes));
        Assert.DoesNotContain("lamp", await File.ReadAllTextAsync(Path), StringComparison.Ordinal);
        Assert.DoesNotContain("parcel", await File.ReadAllTextAsync(Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_within_a_linked_folder_leads_where_the_system_follows_it()
    {
        var (real, elsewhere) = (Directory.CreateDirectory(Folder.File("real/inner")), Directory.CreateDirectory(Folder.File("elsewhere")));
        File.CreateSymbolicLink(System.IO.Path.Combine(real.FullName, "link"), "../strategies");
        Directory.CreateSymbolicLink(System.IO.Path.Combine(elsewhere.FullName, "folder"), real.FullName);
        await using (var repository = Open("elsewhere/folder/link"))
        {
            await repository.AddAsync(Make());
        }

        Assert.True(File.Exists(Folder.File("real/strategies")));
        await using var reader = Open("elsewhere/folder/link", options => options.IsReadOnly = true);
        Assert.Single(await reader.ListAsync(StrategyFilter.InAllScopes));
    }

    [Fact]
    public async Task Links_that_go_round_in_a_circle_are_told()
    {
        File.CreateSymbolicLink(Folder.File("one"), Folder.File("two"));
        File.CreateSymbolicLink(Folder.File("two"), Folder.File("one"));
        await using var repository = Open("one");

        await Assert.ThrowsAsync<JournalException>(() => repository.OpenAsync());
    }

    [Fact]
    public async Task Any_time_to_live_will_do()
    {
        await using var repository = Open(configure: options => options.TimeToLive = TimeSpan.MaxValue);

        Assert.True(await repository.AddAsync(Make()));
        Assert.Single(await repository.FindAsync(new StrategyQuery(Scope, Query)));
    }

    [Fact]
    public async Task An_older_copy_that_a_deletion_covers_changes_nothing()
    {
        var earlier = Time.GetUtcNow();
        Time.Advance(TimeSpan.FromDays(1));
        string[] before;
        await using (var repository = Open())
        {
            await repository.DeleteAsync(StrategyFilter.InScope(Scope));
            Time.Advance(TimeSpan.FromDays(1));
            Assert.True(await repository.AddAsync(Make()));
            Assert.False(await repository.AddAsync(Make() with { CreatedAt = earlier, Status = StrategyStatus.Retired }));
            before = await ContentsAsync(repository);
        }

        await using var again = Open();
        Assert.Equal(before, await ContentsAsync(again));
        Assert.Single(before);
    }

    [Fact]
    public async Task What_was_counted_before_an_eviction_and_what_is_counted_after_it_add_up_elsewhere()
    {
        await using var first = Open("a", options => options.MaxStrategies = 1);
        await using var second = Open("b");
        for (var round = 0; round < 2; round++)
        {
            await first.AddAsync(Make());
            for (var i = 0; i < 10; i++)
            {
                await first.RecordAsync(new StrategyOutcome(Scope, Make().Id, StrategyOutcomeKind.Won));
            }

            await second.MergeAsync(Folder.File("a"));
            Time.Advance(TimeSpan.FromDays(1000));
            await first.AddAsync(Make($"pushes it out {round}"));
            Assert.DoesNotContain(await first.ListAsync(StrategyFilter.InAllScopes), each => each.Query == Query);
            Time.Advance(TimeSpan.FromDays(1000));
        }

        Assert.Equal(20, (await second.ListAsync(StrategyFilter.InAllScopes)).Single(each => each.Query == Query).Counters.Wins);
    }

    [Fact]
    public async Task Two_journals_say_the_same_deletion_in_different_ways()
    {
        byte[][] tombstones = new byte[2][];
        for (var i = 0; i < 2; i++)
        {
            await using (var repository = Open($"{i}"))
            {
                await repository.DeleteAsync(StrategyFilter.InScope(Scope) with { Id = Make().Id });
                await repository.CompactAsync();
            }

            tombstones[i] = (await File.ReadAllBytesAsync(Folder.File($"{i}")))[^80..^8];
        }

        Assert.NotEqual(tombstones[0], tombstones[1]);
        Assert.False(tombstones[0].AsSpan(0, 16).SequenceEqual(tombstones[1].AsSpan(0, 16)));
    }

    [Fact]
    public void Names_that_are_no_proper_unicode_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Make(scope: "t\ud800"));
        Assert.Throws<ArgumentException>(() => Make(producer: "\udc00p"));
        Assert.Throws<ArgumentException>(() => Make() with { ModelId = "m\ud800x" });
        Assert.Throws<ArgumentException>(() => StrategyFilter.InScope("t\ud800"));
        Assert.Throws<ArgumentException>(() => StrategyFilter.InAllScopes with { Producer = "\udc00p" });
        Assert.Equal("broken \ufffd", Make("broken \ud83d").Query);
        Assert.Equal("t\ud83d\udc4d", Make(scope: "t\ud83d\udc4d").Scope);
    }

    private sealed class SteppingTime(DateTimeOffset start) : TimeProvider
    {
        private int _looks;

        public override DateTimeOffset GetUtcNow() => start.AddMinutes(Interlocked.Increment(ref _looks));
    }
}
