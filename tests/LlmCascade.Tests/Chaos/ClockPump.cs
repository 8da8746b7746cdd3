namespace LlmCascade.Tests.Chaos;

/// <summary>Moves a clock on whenever everybody waits, so that virtual time passes as fast as the work allows.</summary>
/// <remarks>
/// Nothing proves that everybody waits: who is seen waiting may have been told to go on. Where the pump is too early,
/// time passes during work, as it does in life; no check of the suite may depend on it.
/// </remarks>
internal static class ClockPump
{
    private const int CalmTurns = 6;

    /// <summary>Moves the clock until a condition holds.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="mayGoOn">Whether those who are seen waiting are enough for all to wait.</param>
    /// <param name="isOver">The condition.</param>
    /// <param name="patience">How long, in real time, nothing may happen.</param>
    /// <exception cref="TimeoutException">Nothing has happened for long, and the condition does not hold.</exception>
    public static async Task DriveAsync(ChaosClock clock, Func<bool> mayGoOn, Func<bool> isOver, TimeSpan patience)
    {
        var idleSince = TimeProvider.System.GetTimestamp();
        var stirs = clock.Stirs;
        while (true)
        {
            await WaitForCalmAsync(clock);
            if (isOver())
            {
                return;
            }

            if ((mayGoOn() && clock.GoOn()) || clock.Stirs != stirs)
            {
                stirs = clock.Stirs;
                idleSince = TimeProvider.System.GetTimestamp();
            }
            else if (TimeProvider.System.GetElapsedTime(idleSince) > patience)
            {
                throw new TimeoutException("Everybody waits and nobody is waited for.");
            }
            else
            {
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }
        }
    }

    // A turn through the pool's queue lets everything that is ready go first.
    private static async Task WaitForCalmAsync(ChaosClock clock)
    {
        var stirs = clock.Stirs;
        for (var calm = 0; calm < CalmTurns; calm++)
        {
            await Task.Yield();
            if (clock.Stirs != stirs)
            {
                stirs = clock.Stirs;
                calm = 0;
            }
        }
    }
}
