using CsCheck;
using LlmCascade.Persistence;
using LlmCascade.Strategies;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class MergeTests : RepositoryTest
{
    [Fact]
    public async Task Merged_journals_hold_the_same()
    {
        await using var first = Open("a");
        await using var second = Open("b");
        await first.AddAllAsync([Make(), Make("Where is my parcel?")]);
        await second.AddAllAsync([Make(), Make("Can I pay by invoice?")]);
        await first.RecordAsync(Shown());
        await second.RecordAsync(Shown());
        await second.RecordAsync(Shown());
        await second.AddAsync(Make() with { Status = StrategyStatus.Retired });

        Assert.Equal(new StrategyMergeResult(Added: 1, Changed: 1, Deleted: 0), await first.MergeAsync(Folder.File("b")));
        Assert.Equal(new StrategyMergeResult(Added: 1, Changed: 1, Deleted: 0), await second.MergeAsync(Folder.File("a")));

        Assert.Equal(await ContentsAsync(first), await ContentsAsync(second));
        var shared = (await first.ListAsync(StrategyFilter.InAllScopes)).Single(each => each.Id == Make().Id);
        Assert.Equal((3, StrategyStatus.Retired), (shared.Counters.Shown, shared.Status));
        Assert.Equal(default, await first.MergeAsync(Folder.File("b")));
        Assert.Equal(default, await second.MergeAsync(Folder.File("a")));
    }

    [Fact]
    public async Task What_was_deleted_here_does_not_come_back_from_there()
    {
        await using var first = Open("a");
        await using var second = Open("b");
        await first.AddAllAsync([Make(), Make("Where is my parcel?")]);
        await second.MergeAsync(Folder.File("a"));
        await first.DeleteAsync(StrategyFilter.InScope(Scope) with { Id = Make().Id });
        await first.CompactAsync();

        Assert.Equal(default, await first.MergeAsync(Folder.File("b")));
        Assert.Equal(new StrategyMergeResult(0, 0, Deleted: 1), await second.MergeAsync(Folder.File("a")));

        Assert.Equal("Where is my parcel?", (await OnlyAsync(second)).Query);
        await second.CompactAsync();
        Assert.DoesNotContain("lamp", await File.ReadAllTextAsync(Folder.File("b")), StringComparison.Ordinal);
        Assert.False(await second.AddAsync(Make()));
    }

    [Fact]
    public async Task A_deleted_scope_covers_what_only_another_journal_knew_of_it_until_then()
    {
        await using var first = Open("a");
        await using var second = Open("b");
        await second.AddAsync(Make("only there"));
        Time.Advance(TimeSpan.FromMinutes(1));
        await first.DeleteAsync(StrategyFilter.InScope(Scope));
        Time.Advance(TimeSpan.FromMinutes(1));
        await second.AddAsync(Make("made later"));

        await first.MergeAsync(Folder.File("b"));
        await second.MergeAsync(Folder.File("a"));

        Assert.Equal("made later", (await OnlyAsync(first)).Query);
        Assert.Equal("made later", (await OnlyAsync(second)).Query);
    }

    [Fact]
    public async Task A_deletion_by_an_id_that_is_known_elsewhere_only_holds_there_in_its_scope()
    {
        await using var first = Open("a");
        await using var second = Open("b");
        await second.AddAllAsync([Make(), Make(scope: "tenant-2")]);

        await first.DeleteAsync(StrategyFilter.InScope(Scope) with { Id = Make().Id });
        await first.DeleteAsync(StrategyFilter.InScope(Scope) with { Id = Make(scope: "tenant-2").Id });
        await second.MergeAsync(Folder.File("a"));

        Assert.Equal("tenant-2", (await OnlyAsync(second)).Scope);
    }

    [Fact]
    public async Task Eviction_and_expiry_leave_no_tombstone_and_expired_strategies_do_not_come_back()
    {
        await using var first = Open("a", options => options.TimeToLive = TimeSpan.FromDays(1));
        await using var second = Open("b");
        await first.AddAsync(Make());
        await second.MergeAsync(Folder.File("a"));
        Time.Advance(TimeSpan.FromDays(2));
        await first.CompactAsync();

        Assert.Equal(default, await second.MergeAsync(Folder.File("a")));
        Assert.Equal(default, await first.MergeAsync(Folder.File("b")));

        Assert.Empty(await first.ListAsync(StrategyFilter.InAllScopes));
        Assert.Single(await second.ListAsync(StrategyFilter.InAllScopes));
    }

    [Fact]
    public async Task The_same_content_from_two_producers_keeps_the_first_everywhere()
    {
        await using var first = Open("a");
        await using var second = Open("b");
        await first.AddAsync(Make(producer: "zeta"));
        Time.Advance(TimeSpan.FromMinutes(1));
        await second.AddAsync(Make(producer: "alpha"));

        await first.MergeAsync(Folder.File("b"));
        await second.MergeAsync(Folder.File("a"));

        Assert.Equal("zeta", (await OnlyAsync(first)).Producer);
        Assert.Equal(await ContentsAsync(first), await ContentsAsync(second));
    }

    [Fact]
    public async Task A_journal_that_is_being_written_can_be_merged()
    {
        await using var first = Open("a");
        await using var second = Open("b");
        await first.OpenAsync();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; i < 300; i++)
            {
                await first.AddAsync(Make($"question {i}"));
                if (i % 100 == 0)
                {
                    await first.CompactAsync();
                }
            }
        });
        while (!writing.IsCompleted)
        {
            await second.MergeAsync(Folder.File("a"));
        }

        await writing;
        await second.MergeAsync(Folder.File("a"));
        Assert.Equal(await ContentsAsync(first), await ContentsAsync(second));
    }

    [Fact]
    public async Task A_journal_is_not_merged_with_itself_nor_with_none()
    {
        await using var repository = Open("a");

        await Assert.ThrowsAsync<ArgumentException>(() => repository.MergeAsync(Folder.File("a")));
        await Assert.ThrowsAsync<ArgumentException>(() => repository.MergeAsync(" "));
        await Assert.ThrowsAsync<JournalException>(() => repository.MergeAsync(Folder.File("missing")));
    }

    [Fact]
    public async Task A_copy_that_counts_on_is_another_writer()
    {
        await using (var first = Open("a"))
        {
            await first.AddAsync(Make());
            await first.RecordAsync(Shown());
        }

        foreach (var extension in (string[])["", ".writer"])
        {
            File.Copy(Folder.File("a" + extension), Folder.File("b" + extension));
        }

        await using var original = Open("a");
        await using var copy = Open("b");
        await original.RecordAsync(Shown());
        await copy.RecordAsync(Shown());

        await original.MergeAsync(Folder.File("b"));

        Assert.Equal(3, (await OnlyAsync(original)).Counters.Shown);
    }

    [Fact]
    public async Task Whatever_happens_where_journals_that_have_met_are_equal()
    {
        var operation = Gen.Select(Gen.Int[0, 2], Gen.Int[0, 9], Gen.Int[0, 5]);
        await Check.SampleAsync(
            operation.Array[40],
            async operations =>
            {
                using var run = new Run();
                foreach (var (where, what, which) in operations)
                {
                    await run.DoAsync(where, what, which);
                }

                return await run.AreEqualAfterMeetingAsync();
            },
            iter: 300,
            threads: 1);
    }

    private static StrategyOutcome Shown() => new(Scope, Make().Id, StrategyOutcomeKind.Shown);

    private sealed class Run : RepositoryTest
    {
        private readonly InMemoryStrategyRepository[] _all;

        public Run() => _all = [Open("0"), Open("1"), Open("2")];

        public async Task DoAsync(int where, int what, int which)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            var repository = _all[where];
            var strategy = Make($"question {which}", $"tenant-{which % 2}", $"producer-{which % 3}");
            if (which % 2 == 1)
            {
                // As an import of old logs gives it.
                strategy = strategy with { CreatedAt = Time.GetUtcNow() - TimeSpan.FromSeconds(where * 7) };
            }

            _ = what switch
            {
                0 or 1 or 2 => await repository.AddAsync(strategy with { Status = StrategyStatus.Quarantined }),
                3 => await repository.AddAsync(strategy),
                4 => await repository.AddAsync(strategy with { Status = StrategyStatus.Retired }),
                5 => await CountAsync(),
                6 => await repository.DeleteAsync(StrategyFilter.InScope(strategy.Scope) with { Id = strategy.Id }) >= 0,
                7 => await repository.DeleteAsync(StrategyFilter.InScope(strategy.Scope) with { Producer = strategy.Producer }) >= 0,
                8 => await MergeAsync(),
                _ => await RestartAsync(),
            };

            async Task<bool> CountAsync()
            {
                await repository.RecordAsync(new StrategyOutcome(strategy.Scope, strategy.Id, (StrategyOutcomeKind)(which % 5), 0.5));
                return true;
            }

            async Task<bool> MergeAsync()
            {
                await Task.WhenAll(_all.Select(each => each.OpenAsync()));
                await repository.MergeAsync(Folder.File($"{(where + 1) % 3}"));
                return true;
            }

            async Task<bool> RestartAsync()
            {
                await repository.DisposeAsync();
                _all[where] = Open($"{where}");
                return true;
            }
        }

        public async Task<bool> AreEqualAfterMeetingAsync()
        {
            await Task.WhenAll(_all.Select(each => each.OpenAsync()));
            foreach (var (to, from) in ((int, int)[])[(0, 1), (0, 2), (1, 0), (2, 0)])
            {
                await _all[to].MergeAsync(Folder.File($"{from}"));
            }

            var contents = await Task.WhenAll(_all.Select(ContentsAsync));
            await Task.WhenAll(_all.Select(each => each.DisposeAsync().AsTask()));
            return contents[0].SequenceEqual(contents[1]) && contents[0].SequenceEqual(contents[2]);
        }
    }
}
