using LlmCascade.Escalation;

namespace LlmCascade;

/// <summary>Says what one request asks of the cascade itself.</summary>
public sealed class CascadeRequestBuilder
{
    private CascadeRequestOptions _options;

    internal CascadeRequestBuilder(CascadeRequestOptions options) => _options = options;

    /// <summary>Names the scope, usually the tenant, that stored knowledge may be shared in.</summary>
    /// <param name="scope">The scope, not empty.</param>
    /// <returns>This builder.</returns>
    public CascadeRequestBuilder Scope(string scope)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(scope);
        _options = _options with { Scope = scope };
        return this;
    }

    /// <summary>Names the key that the request's random draws come from; by default it is the ordinal of the call.</summary>
    /// <param name="key">The key, not empty.</param>
    /// <returns>This builder.</returns>
    public CascadeRequestBuilder Key(string key)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(key);
        _options = _options with { Key = key };
        return this;
    }

    /// <summary>Forbids learning from the request.</summary>
    /// <returns>This builder.</returns>
    public CascadeRequestBuilder NoLearning()
    {
        _options = _options with { NoLearning = true };
        return this;
    }

    /// <summary>Asks the expert without asking the tiers, also in nested cascades.</summary>
    /// <returns>This builder.</returns>
    public CascadeRequestBuilder ForceExpert()
    {
        _options = _options with { ForceExpert = true };
        return this;
    }

    internal CascadeRequestOptions Build() => _options;
}
