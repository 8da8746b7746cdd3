using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace PackageConsumer;

/// <summary>The code that the README shows, as it stands there; .ci/packages writes the other half.</summary>
internal static partial class Readme
{
    public static partial Task QuickstartAsync(IServiceCollection services, IChatClient small, IChatClient expert);
}
