namespace LlmCascade.AotSmoke;

/// <summary>Runs checks one after the other and prints a line for each.</summary>
internal sealed class Checks
{
    /// <summary>Gets the number of checks that saw something else than they expected.</summary>
    public int Failed { get; private set; }

    public async Task RunAsync(string name, Func<Task> check)
    {
        try
        {
            await check();
            Console.WriteLine($"ok      {name}");
        }
        catch (Exception e)
        {
            Failed++;
            Console.WriteLine($"FAILED  {name}: {e}");
        }
    }

    public static void Equal<T>(T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new InvalidOperationException($"expected {expected}, got {actual}");
        }
    }

    public static void Contains(string expected, string actual)
    {
        if (!actual.Contains(expected, StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"expected '{expected}' in '{actual}'");
        }
    }
}
