using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LlmCascade;

/// <summary>Adds cascades to the health checks of a host.</summary>
public static class CascadeHealthChecksBuilderExtensions
{
    /// <summary>Adds a check of a cascade, which asks no model: it reports how the latest calls went.</summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="cascadeName">The name that the cascade was registered with; <see langword="null"/> for the unnamed one.</param>
    /// <param name="name">The name of the check; by default <c>LlmCascade</c>, or <c>LlmCascade:NAME</c> for a named cascade.</param>
    /// <param name="failureStatus">What to report when the expert fails or the cascade cannot be made; <see cref="HealthStatus.Unhealthy"/> by default.</param>
    /// <param name="tags">The tags of the check.</param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <remarks>
    /// <para>
    /// Healthy: the latest calls succeeded. Degraded: the last call of a tier or of the expert failed, or a tier rests;
    /// answers still come. <paramref name="failureStatus"/>: the expert failed as often in a row as would send a tier to
    /// rest, or the cascade has mistakes. In <see cref="Escalation.CascadeMode.ExpertOnly"/> only the expert counts.
    /// </para>
    /// <para>
    /// The result's data are strings and numbers: the mode, and by the name of each tier and of the expert what
    /// <see cref="Escalation.Cascade.GetHealth"/> tells. No text of a request or an answer is among them, nor the message
    /// of an exception, except of one that says why the cascade cannot be made.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentException">A name is empty.</exception>
    public static IHealthChecksBuilder AddLlmCascade(
        this IHealthChecksBuilder builder,
        string? cascadeName = null,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ThrowIfEmpty(cascadeName, nameof(cascadeName));
        ThrowIfEmpty(name, nameof(name));
        var section = cascadeName is null ? CascadeOptions.Section : $"{CascadeOptions.Section}:{cascadeName}";
        return builder.Add(new HealthCheckRegistration(
            name ?? section, services => new CascadeHealthCheck(services, cascadeName), failureStatus, tags));
    }

    private static void ThrowIfEmpty(string? name, string paramName)
    {
        if (name is not null)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name, paramName);
        }
    }
}
