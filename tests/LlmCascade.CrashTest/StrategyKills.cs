using System.Diagnostics;
using System.Globalization;
using LlmCascade.Strategies;

namespace LlmCascade.CrashTest;

/// <summary>Kills a process that changes a journal of strategies, at random moments, and looks each time at what is left.</summary>
public sealed class StrategyKills(string path, int seed)
{
    private static readonly string _program = Path.Combine(AppContext.BaseDirectory, "LlmCascade.CrashTest.dll");

    private readonly Random _random = new(seed);
    private readonly Dictionary<int, int> _shown = [];
    private readonly HashSet<int> _deleted = [];

    /// <summary>Gets how many changes were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>Gets how many changes were under way when the process was killed.</summary>
    public int Interrupted { get; private set; }

    /// <summary>Runs a process, kills it, and compares.</summary>
    /// <exception cref="InvalidDataException">Something that was acknowledged is lost, or something that was never written is there.</exception>
    public async Task KillAsync()
    {
        using var process = Start("strategies", path);
        List<string> lines = [];
        for (var wanted = _random.Next(60); lines.Count < wanted;)
        {
            lines.Add(await process.StandardOutput.ReadLineAsync() ?? throw new InvalidDataException("The process has ended by itself."));
        }

        await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(20)));
        process.Kill();
        lines.AddRange((await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
        await process.WaitForExitAsync();
        await CompareAsync(Take(lines));
    }

    /// <summary>Runs a process until its files may not become larger, and compares. It needs bash.</summary>
    /// <returns>What the process said when it could not write any more.</returns>
    /// <exception cref="InvalidDataException">Something that was acknowledged is lost, or something that was never written is there.</exception>
    public async Task<string> FillAsync(int kibibytes)
    {
        // The runtime keeps its code in a file of memory, which would be too large as well.
        var limited = $"trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f {kibibytes}; exec dotnet '{_program}' strategies '{path}'";
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", limited]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var failure = process.StandardError.ReadToEndAsync();
        var lines = (await process.StandardOutput.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        await process.WaitForExitAsync();
        await CompareAsync(Take([.. lines]));
        return await failure;
    }

    /// <summary>Starts the program of this project.</summary>
    public static Process Start(params string[] arguments) => Process.Start(
        new ProcessStartInfo("dotnet", [_program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;

    // Returns the change that was not acknowledged: it may have been written or not.
    private (string What, int Number)? Take(List<string> lines)
    {
        (string What, int Number)? open = null;
        foreach (var line in lines)
        {
            if (line == StrategyWriter.Ok)
            {
                Acknowledged++;
                Apply(open!.Value);
                open = null;
            }
            else if (line.Split(' ') is [var what, var number] && int.TryParse(number, CultureInfo.InvariantCulture, out var parsed))
            {
                open = (what, parsed);
            }
        }

        Interrupted += open is null ? 0 : 1;
        return open;
    }

    private void Apply((string What, int Number) change)
    {
        switch (change.What)
        {
            case "add":
                _shown.Add(change.Number, 0);
                break;
            case "count":
                _shown[change.Number]++;
                break;
            case "delete":
                _shown.Remove(change.Number);
                _deleted.Add(change.Number);
                break;
        }
    }

    private async Task CompareAsync((string What, int Number)? open)
    {
        await using var repository = new InMemoryStrategyRepository(new StrategyRepositoryOptions { Path = path });
        var there = (await repository.ListAsync(StrategyFilter.InAllScopes)).ToDictionary(StrategyWriter.NumberOf);
        if (open is { } change && IsWritten(change, there))
        {
            Apply(change);
        }

        foreach (var (number, strategy) in there)
        {
            Expect(strategy.Text == StrategyWriter.Make(number).Text, $"the text of {number} is another one");
            Expect(_shown.TryGetValue(number, out var shown), _deleted.Contains(number) ? $"{number} was deleted" : $"{number} was never added");
            Expect(strategy.Counters.Shown == shown, $"{number} was counted {strategy.Counters.Shown} times instead of {shown}");
        }

        Expect(there.Count == _shown.Count, $"{string.Join(", ", _shown.Keys.Except(there.Keys))} are lost");
    }

    private bool IsWritten((string What, int Number) change, Dictionary<int, Strategy> there) => change.What switch
    {
        "add" => there.ContainsKey(change.Number),
        "count" => there.TryGetValue(change.Number, out var strategy) && strategy.Counters.Shown > _shown[change.Number],
        "delete" => !there.ContainsKey(change.Number),
        _ => false,
    };

    private static void Expect(bool isSo, string otherwise)
    {
        if (!isSo)
        {
            throw new InvalidDataException(otherwise);
        }
    }
}
