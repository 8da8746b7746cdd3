using LlmCascade.Escalation;
using Microsoft.Extensions.Options;

namespace LlmCascade;

/// <summary>Switches a running cascade when its configuration is reloaded with another mode.</summary>
/// <remarks>A reload that changes other things leaves the mode alone: somebody may have set it in code.</remarks>
internal sealed class ConfiguredMode(IOptionsMonitor<CascadeOptions> options, string optionsName) : IDisposable
{
    private readonly Lock _lock = new();
    private CascadeMode _configured;
    private IDisposable? _subscription;

    public void Follow(Cascade cascade)
    {
        _configured = cascade.Settings.Mode;
        _subscription = options.OnChange((changed, name) =>
        {
            if (name == optionsName)
            {
                Apply(changed.Mode, cascade);
            }
        });

        // A reload may have come while the cascade was made.
        Apply(options.Get(optionsName).Mode, cascade);
    }

    public void Dispose() => _subscription?.Dispose();

    private void Apply(CascadeMode mode, Cascade cascade)
    {
        lock (_lock)
        {
            if (mode != _configured)
            {
                cascade.Mode = _configured = mode;
            }
        }
    }
}
