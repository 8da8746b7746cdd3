using System.Diagnostics.CodeAnalysis;
using LlmCascade.Chat;

namespace LlmCascade;

/// <summary>Says what a cascade is made of. Mistakes are reported when the application starts.</summary>
public sealed partial class CascadeBuilder
{
    private readonly List<TierBuilder> _tiers = [];

    internal CascadeBuilder()
    {
    }

    internal IReadOnlyList<TierBuilder> Tiers => _tiers;

    internal ExpertBuilder ExpertBuilder { get; } = new();

    internal Action<CascadeOptions>? ConfigureOptions { get; private set; }

    internal Action<Episode>? EpisodeObserver { get; private set; }

    internal Action<EpisodeAddendum>? AddendumObserver { get; private set; }

    internal QueryProjection QueryProjection { get; private set; } = QueryProjection.LastUser;

    internal bool HasIdempotentTools { get; private set; }

    internal LabelPrompt? LabelPrompt { get; private set; }

    /// <summary>Adds a tier. Tiers are asked in the order in which they are added, so the cheapest comes first.</summary>
    /// <param name="name">A name that is unique within the cascade.</param>
    /// <param name="configure">Says who answers, and which answers are kept.</param>
    /// <returns>This builder.</returns>
    public CascadeBuilder AddTier(string name, Action<TierBuilder> configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(configure);
        var tier = new TierBuilder(name);
        configure(tier);
        _tiers.Add(tier);
        return this;
    }

    /// <summary>Says who the expert is, where it is not the chat client that the cascade wraps, and how it is asked.</summary>
    /// <param name="configure">Says it; several calls add up.</param>
    /// <returns>This builder.</returns>
    public CascadeBuilder Expert(Action<ExpertBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(ExpertBuilder);
        return this;
    }

    /// <summary>Says what the expert's calls cost.</summary>
    /// <inheritdoc cref="TierBuilder.Costs"/>
    public CascadeBuilder ExpertCosts(
        decimal? inputPerMillion = null,
        decimal? outputPerMillion = null,
        decimal? cachedInputPerMillion = null,
        decimal? perCall = null)
    {
        ExpertBuilder.Costs(inputPerMillion, outputPerMillion, cachedInputPerMillion, perCall);
        return this;
    }

    /// <summary>Sets the mode, time limits, rests and the seed. Configuration is applied afterwards and wins.</summary>
    /// <param name="configure">Sets them.</param>
    /// <returns>This builder.</returns>
    public CascadeBuilder Configure(Action<CascadeOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        ConfigureOptions += configure;
        return this;
    }

    /// <summary>Makes the cascade answer which label fits a text: the container hands out a <see cref="CascadeClassifier"/>.</summary>
    /// <param name="labels">The labels, at least two.</param>
    /// <returns>This builder.</returns>
    /// <exception cref="ArgumentException">There are fewer than two labels, an empty one, or two that replies could not tell apart.</exception>
    public CascadeBuilder Classify(params IEnumerable<string> labels) => Classify(new LabelPrompt(new LabelSpace(labels)));

    /// <summary>Makes the cascade answer which label fits a text: the container hands out a <see cref="CascadeClassifier"/>.</summary>
    /// <param name="prompt">The labels, and how chat models are asked for one.</param>
    /// <returns>This builder.</returns>
    /// <remarks>
    /// Replies of chat models are read as labels, and a tier's reply that names none is deferred. The cascade's chat
    /// client goes on answering everything else.
    /// </remarks>
    public CascadeBuilder Classify(LabelPrompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        LabelPrompt = prompt;
        return this;
    }

    /// <summary>Replaces how the question of a conversation is found.</summary>
    /// <param name="projection">The projection; <see cref="QueryProjection.LastUser"/> by default.</param>
    /// <returns>This builder.</returns>
    public CascadeBuilder ProjectQueryWith(QueryProjection projection)
    {
        ArgumentNullException.ThrowIfNull(projection);
        QueryProjection = projection;
        return this;
    }

    /// <summary>Tells the host about every finished episode, also about failed and cancelled ones.</summary>
    /// <param name="observer">Called on the request's thread before the answer is returned. What it throws is logged and reaches nobody.</param>
    /// <returns>This builder.</returns>
    public CascadeBuilder OnEpisode(Action<Episode> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        EpisodeObserver += observer;
        return this;
    }

    /// <summary>Tells the host what came of the tiers that ran beside the expert, in Shadow, and of audits.</summary>
    /// <param name="observer">
    /// Called after the episode was published, on a thread that no request waits for; several calls may come at once.
    /// What it throws is logged and reaches nobody.
    /// </param>
    /// <returns>This builder.</returns>
    [Experimental("LLMC002")]
    public CascadeBuilder OnAddendum(Action<EpisodeAddendum> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        AddendumObserver += observer;
        return this;
    }

    /// <summary>
    /// States that running a tool more often than needed does no harm, and so allows function-invoking clients inside
    /// tiers and expert, where answers that are rejected have run their tools.
    /// </summary>
    /// <returns>This builder.</returns>
    public CascadeBuilder ToolsAreIdempotent()
    {
        HasIdempotentTools = true;
        return this;
    }
}
