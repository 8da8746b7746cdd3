using System.Diagnostics;
using System.Globalization;
using LlmCascade.CrashTest;
using LlmCascade.Persistence;
using Xunit;

namespace LlmCascade.Tests.Persistence;

public sealed class KillTests : IDisposable
{
    private const int Kills = 16;
    private const int Saves = 200;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_process_that_is_killed_while_it_saves_leaves_one_whole_state()
    {
        var path = _folder.File("state");
        var random = new Random(1);
        var before = 0;
        for (var i = 0; i < Kills; i++)
        {
            using var process = Start(path, Saves);
            var seen = 0;
            for (var lines = random.Next(30); seen < lines; seen++)
            {
                await process.StandardOutput.ReadLineAsync();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(15)), TimeProvider.System);
            process.Kill();
            var rest = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();

            var saved = before + seen + rest.Count(c => c == '\n');
            before = await LoadAsync(path);
            Assert.InRange(before, saved, saved + 1);
        }

        Assert.True(before > Kills);
    }

    [Fact]
    public async Task Processes_that_save_to_one_file_at_once_leave_one_whole_state()
    {
        var path = _folder.File("state");
        Process[] processes = [Start(path, 50), Start(path, 50)];
        var exits = Task.WhenAll(processes.Select(process => process.WaitForExitAsync()));
        while (!exits.IsCompleted)
        {
            await LoadAsync(path);
        }

        Assert.All(processes, process => Assert.Equal(0, process.ExitCode));
        Assert.InRange(await LoadAsync(path), 50, 100);
        Assert.Equal(path, Assert.Single(_folder.Files));
        Array.ForEach(processes, process => process.Dispose());
    }

    private static async Task<int> LoadAsync(string path)
    {
        NumberedState first = new(), second = new();
        await new CheckpointStore(path, NumberedState.Parts(first, second)).LoadAsync();
        Assert.Equal(first.Number, second.Number);
        return first.Number;
    }

    private static Process Start(string path, int saves) => StrategyKills.Start("save", path, saves.ToString(CultureInfo.InvariantCulture));
}
