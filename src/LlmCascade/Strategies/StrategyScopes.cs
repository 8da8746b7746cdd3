namespace LlmCascade.Strategies;

/// <summary>Says which scope a request reads from and writes to.</summary>
/// <param name="isSingleTenant">Whether requests that name none share one; otherwise they have none.</param>
internal sealed class StrategyScopes(bool isSingleTenant)
{
    private const string OnlyTenant = "single-tenant";

    /// <summary>Finds it.</summary>
    /// <returns><see langword="null"/> where nothing may be read or written.</returns>
    public string? Of(string? scope) => !string.IsNullOrWhiteSpace(scope) ? scope : isSingleTenant ? OnlyTenant : null;
}
