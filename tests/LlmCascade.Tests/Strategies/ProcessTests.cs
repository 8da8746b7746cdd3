using System.Diagnostics;
using LlmCascade.CrashTest;
using LlmCascade.Persistence;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class ProcessTests : RepositoryTest
{
    private const int Kills = 12;

    [Fact]
    public async Task A_process_that_is_killed_loses_nothing_that_was_acknowledged()
    {
        var kills = new StrategyKills(Path, seed: 1);
        for (var i = 0; i < Kills; i++)
        {
            await kills.KillAsync();
        }

        Assert.True(kills.Acknowledged > Kills);
    }

    [Fact]
    public async Task A_disk_that_is_full_refuses_what_does_not_fit_and_loses_nothing()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The size of files is limited with bash.");
        var kills = new StrategyKills(Path, seed: 2);

        var failure = await kills.FillAsync(kibibytes: 300);

        Assert.Contains("What was acknowledged before is as it was; this was not.", failure, StringComparison.Ordinal);
        Assert.True(kills.Acknowledged > 50);
    }

    [Fact]
    public async Task Three_processes_that_merge_now_and_then_hold_the_same_in_the_end()
    {
        string[] names = ["a", "b", "c"];
        Process[] processes = [.. names.Select(name => StrategyKills.Start("merge", Folder.Path, name, "400"))];
        await Task.WhenAll(processes.Select(process => ReadAsync(process)));
        foreach (var process in processes)
        {
            await process.StandardInput.WriteLineAsync();
            await ReadAsync(process);
        }

        foreach (var process in processes)
        {
            await process.StandardInput.WriteLineAsync();
            await ReadAsync(process);
            process.StandardInput.Close();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        List<string[]> contents = [];
        foreach (var name in names)
        {
            await using var repository = Open(name, options => options.IsReadOnly = true);
            contents.Add(await ContentsAsync(repository));
        }

        Assert.NotEmpty(contents[0]);
        Assert.All(contents, each => Assert.Equal(contents[0], each));
    }

    [Fact]
    public async Task A_journal_that_another_process_writes_can_be_followed_and_not_written()
    {
        using var process = StrategyKills.Start("strategies", Path);
        while (await process.StandardOutput.ReadLineAsync() != StrategyWriter.Ok)
        {
        }

        await using var writer = Open();
        var refused = await Assert.ThrowsAsync<JournalException>(() => writer.OpenAsync());
        Assert.Contains("is being written by another process", refused.Message, StringComparison.Ordinal);
        await using var follower = Open(configure: options => options.IsReadOnly = true);
        await follower.OpenAsync();
        for (var i = 0; i < 50; i++)
        {
            await follower.RefreshAsync();
        }

        process.Kill();
        await process.WaitForExitAsync();
        await follower.RefreshAsync();
        await writer.OpenAsync();
        Assert.Equal(await ContentsAsync(writer), await ContentsAsync(follower));
    }

    private static async Task ReadAsync(Process process) => Assert.Equal("done", await process.StandardOutput.ReadLineAsync());
}
