using LlmCascade.Escalation;
using LlmCascade.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace LlmCascade;

/// <summary>Switches a running cascade when its configuration is reloaded with another mode.</summary>
/// <remarks>
/// A reload that changes other things leaves the mode alone: somebody may have set it in code. One with a mistake changes
/// nothing and is logged, because who watches a file has nobody to throw at.
/// </remarks>
internal sealed class ConfiguredMode(IServiceProvider services, string optionsName) : IDisposable
{
    private readonly Lock _lock = new();
    private CascadeMode _configured;
    private IDisposable? _subscription;

    public void Follow(Cascade cascade)
    {
        _configured = cascade.Settings.Mode;
        if (services.GetService<IConfiguration>() is not { } configuration)
        {
            return;
        }

        var options = services.GetRequiredService<IOptionsFactory<CascadeOptions>>();
        _subscription = ChangeToken.OnChange(configuration.GetReloadToken, () => Read(options, cascade));

        // A reload may have come while the cascade was made.
        Read(options, cascade);
    }

    public void Dispose() => _subscription?.Dispose();

    private void Read(IOptionsFactory<CascadeOptions> options, Cascade cascade)
    {
        try
        {
            var mode = options.Create(optionsName).Mode;
            lock (_lock)
            {
                if (mode != _configured)
                {
                    cascade.Mode = _configured = mode;
                }
            }
        }
        catch (Exception e)
        {
            Log.ReloadFailed(cascade.Settings.Logger, e, cascade.Settings.Name);
        }
    }
}
