namespace LlmCascade.Tests.Chaos;

/// <summary>Checks that a run leaves nothing behind.</summary>
internal static class LeftoverChecks
{
    public static IEnumerable<string> Check(ChaosRun run)
    {
        foreach (var call in run.Calls.Where(call => !call.HasEnded))
        {
            yield return $"the call of {call.Mark} has not ended, or its enumerator was not disposed: {call.Script}";
        }

        if (run.Clock.LiveTimers != 0)
        {
            yield return $"{run.Clock.LiveTimers} timers are left";
        }

        if (run.AbandonedCalls != 0)
        {
            yield return $"{run.AbandonedCalls} abandoned calls are counted and none is left";
        }

        if (run.MissingAddenda != 0)
        {
            yield return $"{run.MissingAddenda} addenda are missing, or were published too often";
        }

        if (run.Clock.Escaped is { } escaped)
        {
            yield return $"a timer threw {escaped}";
        }
    }
}
