using Xunit;

namespace LlmCascade.Tests.Chaos;

/// <summary>Plays many scripts side by side, and fails with the first that breaks something.</summary>
internal static class ChaosBatch
{
    // Runs wait more than they work.
    private static readonly int _runsAtOnce = 16 * Environment.ProcessorCount;

    // Real time, for the one case in which a thread is stuck so that nobody else can say so.
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(2);

    public static async Task PlayAsync(IEnumerable<ChaosScript> scripts)
    {
        using var spans = SpanListener.Start();
        using var unobserved = new UnobservedExceptions();
        await Parallel.ForEachAsync(
            scripts,
            new ParallelOptions { MaxDegreeOfParallelism = _runsAtOnce },
            async (script, _) => await PlayAsync(script));
        Assert.Empty(unobserved.Collect());
    }

    private static async Task PlayAsync(ChaosScript script)
    {
        List<string> broken;
        try
        {
            var run = await Task.Run(() => ChaosRun.PlayAsync(script)).WaitAsync(_limit, TimeProvider.System);
            broken = [.. ChaosChecks.Check(run)];
        }
        catch (Exception e)
        {
            broken = [e.ToString()];
        }

        if (broken.Count > 0)
        {
            Assert.Fail($"{script}{string.Join('\n', broken)}");
        }
    }
}
