using LlmCascade.Telemetry;

namespace LlmCascade.Escalation;

/// <summary>Tells the host's observers. What one throws is logged and reaches nobody, not even the next one.</summary>
internal static class Observers
{
    public static void Tell<T>(Action<T>? observers, T news, string episodeId, CascadeSettings settings)
    {
        foreach (var observer in Delegate.EnumerateInvocationList(observers))
        {
            try
            {
                observer(news);
            }
            catch (Exception e)
            {
                Log.ObserverFailed(settings.Logger, settings.EnableSensitiveData ? e : null, episodeId, e.GetType());
            }
        }
    }
}
