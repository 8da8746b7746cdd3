using LlmCascade.Persistence;
using LlmCascade.Strategies;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class InMemoryRepositoryTests : RepositoryTest
{
    [Fact]
    public async Task After_a_restart_everything_is_there()
    {
        string[] before;
        await using (var repository = Open())
        {
            await repository.AddAllAsync([.. Enumerable.Range(0, 100).Select(i => Make($"Question {i} about {i * i}", $"tenant-{i % 7}") with { ModelId = "gpt" })]);
            await repository.AddAsync(Make("Question 3 about 9", "tenant-3") with { Status = StrategyStatus.Retired });
            await repository.RecordAsync(new StrategyOutcome("tenant-4", Make("Question 4 about 16", "tenant-4").Id, StrategyOutcomeKind.Won, 0.1));
            before = await ContentsAsync(repository);
        }

        await using var again = Open();

        Assert.Equal(100, before.Length);
        Assert.Equal(before, await ContentsAsync(again));
        var match = Assert.Single(await again.FindAsync(new StrategyQuery("tenant-4", "Question 4 about 16") { Count = 1 }));
        Assert.Equal(("Question 4 about 16", "gpt", 10.0), (match.Strategy.Query, match.Strategy.ModelId, match.Strategy.Counters.Wins));
        Assert.Equal("llmcascade-hashed-1 (384)", match.Strategy.EmbeddingModelId);
    }

    [Fact]
    public async Task Equally_similar_strategies_come_in_the_order_in_which_they_were_added_also_after_a_restart()
    {
        Strategy[] added = [.. Enumerable.Range(0, 9).Select(i => new Strategy(Scope, Query, $"Advice {8 - i}", "expert"))];
        for (var round = 0; round < 2; round++)
        {
            await using var repository = Open();
            await repository.AddAllAsync(added);

            var found = await repository.FindAsync(new StrategyQuery(Scope, Query) { Count = 9 });

            Assert.Equal(added.Select(each => each.Text), found.Select(match => match.Strategy.Text));
        }
    }

    [Fact]
    public async Task What_is_older_than_the_time_to_live_is_neither_found_nor_listed_and_leaves_the_file()
    {
        await using var repository = Open(configure: options => options.TimeToLive = TimeSpan.FromDays(1));
        await repository.AddAsync(Make());
        Time.Advance(TimeSpan.FromHours(23));
        await repository.AddAsync(Make("Where is my parcel?"));
        Assert.Equal(2, (await repository.FindAsync(new StrategyQuery(Scope, Query) { MinimumSimilarity = -1 })).Count);

        Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("Where is my parcel?", (await OnlyAsync(repository)).Query);
        Assert.Single(await repository.FindAsync(new StrategyQuery(Scope, Query) { MinimumSimilarity = -1 }));
        await repository.CompactAsync();
        Assert.DoesNotContain("lamp", await File.ReadAllTextAsync(Path), StringComparison.Ordinal);
        Assert.True(await repository.AddAsync(Make()), "Expiry leaves no tombstone.");
    }

    [Fact]
    public async Task A_full_repository_evicts_what_is_least_useful()
    {
        await using var repository = Open(configure: options => options.MaxStrategies = 4);
        foreach (var word in (string[])["shown", "winning", "losing", "retired"])
        {
            await repository.AddAsync(Make(word));
        }

        Time.Advance(TimeSpan.FromDays(10));
        foreach (var (word, kind) in ((string, StrategyOutcomeKind)[])
            [("shown", StrategyOutcomeKind.Shown), ("winning", StrategyOutcomeKind.Shown), ("winning", StrategyOutcomeKind.Won), ("losing", StrategyOutcomeKind.Shown), ("losing", StrategyOutcomeKind.Lost)])
        {
            await repository.RecordAsync(new StrategyOutcome(Scope, Make(word).Id, kind));
        }

        await repository.AddAsync(Make("retired") with { Status = StrategyStatus.Retired });
        List<string> left = [];
        for (var i = 0; i < 4; i++)
        {
            await repository.AddAsync(Make($"new {i}"));
            left.Add(string.Join(' ', (await repository.ListAsync(StrategyFilter.InAllScopes)).Select(each => each.Query).Where(query => !query.StartsWith("new", StringComparison.Ordinal))));
        }

        Assert.Equal(["shown winning losing", "shown winning", "winning", ""], left);
    }

    [Fact]
    public async Task A_scope_that_has_little_is_not_pushed_out_by_one_that_has_much()
    {
        await using var repository = Open(configure: options => options.MaxStrategies = 50);
        await repository.AddAsync(Make("the only one", "small"));
        Time.Advance(TimeSpan.FromDays(100));

        await repository.AddAllAsync([.. Enumerable.Range(0, 500).Select(i => Make($"question {i}", "large"))]);

        Assert.Single(await repository.ListAsync(StrategyFilter.InScope("small")));
        Assert.Equal(49, (await repository.ListAsync(StrategyFilter.InScope("large"))).Count);
    }

    [Fact]
    public async Task What_was_evicted_stays_away_after_a_restart_and_may_come_back()
    {
        await using (var repository = Open(configure: options => options.MaxStrategies = 1))
        {
            await repository.AddAsync(Make());
            Time.Advance(TimeSpan.FromDays(1));
            await repository.AddAsync(Make("Where is my parcel?"));
        }

        await using var again = Open();

        Assert.Equal("Where is my parcel?", (await OnlyAsync(again)).Query);
        Assert.True(await again.AddAsync(Make()));
    }

    [Fact]
    public async Task Deleted_text_is_in_no_file_once_it_was_compacted()
    {
        await using var repository = Open();
        await repository.AddAllAsync([Make(), Make("Where is my parcel?")]);
        await repository.DeleteAsync(StrategyFilter.InScope(Scope) with { Id = Make().Id });
        Assert.Contains("lamp", await File.ReadAllTextAsync(Path), StringComparison.Ordinal);

        await repository.CompactAsync();

        foreach (var file in Folder.Files.Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            var text = await File.ReadAllTextAsync(file);
            Assert.DoesNotContain("lamp", text, StringComparison.Ordinal);
            Assert.DoesNotContain(Make().Id, text, StringComparison.Ordinal);
            Assert.False(Holds(await File.ReadAllBytesAsync(file), Convert.FromHexString(Make().Id)));
        }

        Assert.Contains("parcel", await File.ReadAllTextAsync(Path), StringComparison.Ordinal);
        Assert.False(await repository.AddAsync(Make()));
    }

    [Fact]
    public async Task Deleted_text_is_in_no_file_once_the_repository_was_disposed()
    {
        await using (var repository = Open())
        {
            await repository.AddAsync(Make());
            await repository.DeleteAsync(StrategyFilter.InScope(Scope));
        }

        Assert.DoesNotContain("lamp", await File.ReadAllTextAsync(Path), StringComparison.Ordinal);
        await using var again = Open();
        Assert.False(await again.AddAsync(Make()));
    }

    [Fact]
    public async Task A_journal_does_not_grow_with_what_is_counted()
    {
        await using var repository = Open();
        await repository.AddAsync(Make());
        for (var i = 0; i < 50_000; i++)
        {
            await repository.RecordAsync(new StrategyOutcome(Scope, Make().Id, StrategyOutcomeKind.Shown));
        }

        Assert.InRange(new FileInfo(Path).Length, 0, 1 << 21);
        Assert.Equal(50_000, (await OnlyAsync(repository)).Counters.Shown);
    }

    [Fact]
    public async Task Without_a_path_nothing_is_written()
    {
        await using var repository = new InMemoryStrategyRepository();
        await repository.AddAsync(Make());
        await repository.CompactAsync();

        Assert.Equal(Make().Id, (await OnlyAsync(repository)).Id);
        Assert.Empty(Folder.Files);
    }

    [Fact]
    public async Task What_a_host_gives_of_counters_and_embedding_is_ignored()
    {
        await using var repository = Open();
        var made = Make() with { Counters = new StrategyCounters(1, 2, 3, 4, 5, 6), Embedding = new float[] { 1, 2 }, EmbeddingModelId = "nonsense" };

        await repository.AddAsync(made);

        var found = await OnlyAsync(repository);
        Assert.Equal((default, 384, "llmcascade-hashed-1 (384)"), (found.Counters, found.Embedding.Length, found.EmbeddingModelId));
        Assert.Equal(Time.GetUtcNow(), found.CreatedAt);
    }

    [Fact]
    public async Task What_is_added_twice_at_once_is_there_once_with_the_higher_status()
    {
        await using var repository = Open();

        var changed = await repository.AddAllAsync([Make(), Make() with { Status = StrategyStatus.Retired }, Make()]);

        Assert.InRange(changed, 1, 3);
        Assert.Equal(StrategyStatus.Retired, (await OnlyAsync(repository)).Status);
    }

    [Fact]
    public async Task A_text_that_is_no_proper_unicode_keeps_its_id()
    {
        var strategy = new Strategy(Scope, "broken \ud83d", "advice \udc00", "expert");
        await using (var repository = Open())
        {
            await repository.AddAsync(strategy);
        }

        await using var again = Open();

        Assert.Equal(strategy.Id, (await OnlyAsync(again)).Id);
        Assert.False(await again.AddAsync(strategy));
    }

    [Fact]
    public async Task After_it_was_disposed_it_says_so()
    {
        var repository = Open();
        await repository.AddAsync(Make());
        await repository.DisposeAsync();
        repository.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await repository.FindAsync(new StrategyQuery(Scope, Query)));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await repository.AddAsync(Make("Another")));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => repository.CompactAsync());
    }

    [Fact]
    public async Task A_second_writer_is_refused_and_told_what_to_do()
    {
        await using var first = Open();
        await first.AddAsync(Make());
        await using var second = Open();

        var refused = await Assert.ThrowsAsync<JournalException>(() => second.OpenAsync());

        Assert.Equal(
            $"The journal '{Path}' is being written by another process, or by another object of this one. Open it read-only to follow that one, or write a journal of your own and merge.",
            refused.Message);
        await first.DisposeAsync();
        await second.OpenAsync();
        Assert.Equal(Make().Id, (await OnlyAsync(second)).Id);
    }

    [Fact]
    public async Task A_failed_compaction_leaves_memory_and_file_as_they_were()
    {
        await using var repository = Open();
        await repository.AddAsync(Make());
        var others = Enumerable.Range(0, 3).Select(i => Make($"question {i}")).ToArray();
        Directory.CreateDirectory(Path + ".tmp");

        await Assert.ThrowsAsync<JournalException>(() => repository.CompactAsync());

        Directory.Delete(Path + ".tmp");
        await repository.AddAllAsync(others);
        await repository.DisposeAsync();
        await using var again = Open();
        Assert.Equal(4, (await again.ListAsync(StrategyFilter.InAllScopes)).Count);
    }

    private static bool Holds(byte[] file, byte[] bytes) => file.AsSpan().IndexOf(bytes) >= 0;

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new InMemoryStrategyRepository(new() { Path = " " }));
        Assert.Throws<ArgumentException>(() => new InMemoryStrategyRepository(new() { IsReadOnly = true }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InMemoryStrategyRepository(new() { MaxStrategies = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new InMemoryStrategyRepository(new() { TimeToLive = TimeSpan.Zero }));
        Assert.Throws<ArgumentNullException>(() => new InMemoryStrategyRepository(new() { TimeProvider = null! }));
    }
}
