namespace LlmCascade.Escalation;

/// <summary>Leaves a tier alone for a while after several failures in a row, then lets one request probe it.</summary>
internal sealed class RestGate(CascadeSettings settings)
{
    private readonly Lock _lock = new();
    private int _failures;
    private long _restingSince;
    private bool _isProbing;
    private CallFailure? _lastFailure;

    private bool IsResting => _failures >= settings.RestAfterFailures;

    /// <summary>Asks to call the tier. Whoever gets in says how it went with <see cref="Leave"/>.</summary>
    public bool TryEnter(out bool isProbe)
    {
        isProbe = false;
        if (Volatile.Read(ref _failures) == 0)
        {
            return true;
        }

        lock (_lock)
        {
            if (!IsResting)
            {
                return true;
            }

            if (_isProbing || settings.TimeProvider.GetElapsedTime(_restingSince) < settings.RestTime)
            {
                return false;
            }

            isProbe = _isProbing = true;
            return true;
        }
    }

    /// <summary>Reports a call.</summary>
    /// <param name="failed">Whether it failed; <see langword="null"/> when it says nothing about the tier.</param>
    /// <param name="isProbe">What <see cref="TryEnter"/> said.</param>
    /// <param name="reason">Why it failed.</param>
    /// <param name="failure">What was thrown, if anything was.</param>
    /// <returns>Whether the tier goes to rest with this call, or is back with it; <see langword="null"/> when neither.</returns>
    public bool? Leave(bool? failed, bool isProbe, string reason = "", Exception? failure = null)
    {
        if (failed != true && Volatile.Read(ref _failures) == 0)
        {
            return null;
        }

        lock (_lock)
        {
            // Calls that were under way when the rest began neither prolong nor end it.
            if (IsResting && !isProbe)
            {
                return null;
            }

            var wasResting = IsResting;
            _isProbing = false;
            if (failed == false)
            {
                _failures = 0;
            }
            else if (failed == true)
            {
                _failures++;
                _restingSince = settings.TimeProvider.GetTimestamp();
                _lastFailure = new CallFailure(settings.TimeProvider.GetUtcNow(), reason, failure?.GetType().FullName);
            }

            return IsResting == wasResting ? null : IsResting;
        }
    }

    /// <summary>Tells how the calls went lately.</summary>
    public GeneratorHealth ToHealth(string name)
    {
        lock (_lock)
        {
            var rest = settings.RestTime - settings.TimeProvider.GetElapsedTime(_restingSince);
            return new GeneratorHealth
            {
                Name = name,
                FailuresInARow = _failures,
                RestsUntil = IsResting ? settings.TimeProvider.GetUtcNow() + rest : null,
                LastFailure = _lastFailure,
            };
        }
    }
}
