using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace LlmCascade;

/// <summary>Lets the options of a cascade be read again when the configuration is reloaded, where there is one.</summary>
internal sealed class CascadeReload(string name, IConfiguration? configuration) : IOptionsChangeTokenSource<CascadeOptions>
{
    public string Name => name;

    public IChangeToken GetChangeToken() =>
        configuration?.GetReloadToken() ?? new CancellationChangeToken(CancellationToken.None);
}
