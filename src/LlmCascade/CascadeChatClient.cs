using System.Diagnostics.CodeAnalysis;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using Microsoft.Extensions.AI;

namespace LlmCascade;

/// <summary>A cascade that is used like any other chat client.</summary>
/// <remarks>
/// <para>
/// Thread-safe. A response is a copy of the answer whose usage sums all attempts, with counts per tier in
/// <see cref="UsageDetails.AdditionalCounts"/>, and whose last message carries the <see cref="CascadeTrace"/>.
/// </para>
/// <para>
/// Streamed, nothing is shown before it is certain to be the answer: a tier's answer is shown once it is kept, the
/// expert's while it comes, and one closing update carries usage and trace. A consumer that stops early cancels the
/// work. It throws what <see cref="Cascade.RunAsync(GenerationRequest, CascadeRequestOptions?, CancellationToken)"/> throws.
/// </para>
/// </remarks>
public sealed class CascadeChatClient : IChatClient, IAsyncDisposable
{
    private static readonly ChatClientMetadata _metadata = new("llmcascade");

    private IDisposable[] _owned;
    private readonly ResponseSummary _summary;

    /// <summary>Initializes a client.</summary>
    /// <param name="cascade">The cascade.</param>
    /// <param name="owned">What is disposed together with this client, and nothing else is.</param>
    /// <exception cref="ArgumentNullException">An argument is <see langword="null"/>.</exception>
    public CascadeChatClient(Cascade cascade, params IEnumerable<IDisposable> owned)
        : this(cascade, learning: null, owned)
    {
    }

    /// <summary>Initializes a client.</summary>
    /// <param name="cascade">The cascade.</param>
    /// <param name="learning">What it learns.</param>
    /// <param name="owned">What is disposed together with this client.</param>
    /// <param name="whole">The cascade that answers requests and runs <paramref name="cascade"/> for their steps; <see langword="null"/> where that one answers.</param>
    internal CascadeChatClient(Cascade cascade, CascadeLearning? learning, IEnumerable<IDisposable> owned, Cascade? whole = null)
    {
        ArgumentNullException.ThrowIfNull(cascade);
        ArgumentNullException.ThrowIfNull(owned);
        Cascade = cascade;
        Whole = whole ?? cascade;
        Learning = learning;
        _owned = [.. owned];
        if (_owned.Contains(null))
        {
            throw new ArgumentException("Nothing that is null can be owned.", nameof(owned));
        }

        _summary = new ResponseSummary(cascade, Whole);
    }

    /// <summary>Gets the cascade. Where work is done step by step, it is the one that is run for each step.</summary>
    public Cascade Cascade { get; }

    /// <summary>Gets the cascade that answers requests.</summary>
    internal Cascade Whole { get; }

    /// <summary>Gets what the cascade learns; <see langword="null"/> where nothing learns and nothing limits the expert.</summary>
    [Experimental("LLMC001")]
    public CascadeLearning? Learning { get; }

    /// <inheritdoc/>
    /// <exception cref="CascadeException">The expert failed and no tier's answer was kept.</exception>
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var asked = CascadeChatOptionsExtensions.ReadCascade(options);
        return RespondAsync(RequestFor(messages, options), asked, Whole.TakeKey(asked), cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="CascadeException">The expert failed and no tier's answer was kept.</exception>
    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var asked = CascadeChatOptionsExtensions.ReadCascade(options);
        return CascadeStream.RunAsync(
            Whole, _summary, RequestFor(messages, options), asked, Whole.TakeKey(asked), cancellationToken);
    }

    /// <summary>Finds a service.</summary>
    /// <param name="serviceType">The type of the service.</param>
    /// <param name="serviceKey">The name of a tier or of the expert to ask its chat client; otherwise <see langword="null"/>.</param>
    /// <returns>
    /// Without a key this client, its <see cref="Cascade"/>, what it learns or its own <see cref="ChatClientMetadata"/>, and nothing of
    /// what lies inside: which tier answers is not known in advance. <see langword="null"/> when there is none.
    /// </returns>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
        {
            return serviceKey is string name && GeneratorOf(name) is ChatClientGenerator generator
                ? generator.Client.GetService(serviceType)
                : null;
        }

        return serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(Cascade) ? Cascade
            : serviceType.IsInstanceOfType(_metadata) ? _metadata
            : serviceType.IsInstanceOfType(Learning) ? Learning
            : null;
    }

    /// <summary>Disposes what this client was given to own, and cancels the tiers that its cascade has running beside the expert.</summary>
    /// <remarks>
    /// In Shadow the cascade goes on without tiers from then on. Learning stops, after the lessons that wait and within
    /// the time that its options give it, and what was learned is saved; <see cref="DisposeAsync"/> does not block for it.
    /// </remarks>
    public void Dispose()
    {
        Learning?.Dispose();
        Release();
    }

    /// <summary>Does what <see cref="Dispose"/> does, without blocking.</summary>
    /// <returns>A task that completes when learning has stopped and everything is disposed.</returns>
    public async ValueTask DisposeAsync()
    {
        if (Learning is not null)
        {
            await Learning.DisposeAsync();
        }

        Release();
    }

    private void Release()
    {
        Cascade.StopShadows();
        foreach (var each in Interlocked.Exchange(ref _owned, []))
        {
            each.Dispose();
        }
    }

    private async Task<ChatResponse> RespondAsync(
        GenerationRequest request, CascadeRequestOptions options, string key, CancellationToken cancellationToken)
    {
        var result = await Whole.RunAsync(request, options, key, stream: null, cancellationToken);
        return _summary.Respond(result);
    }

    // The caller may go on adding to its list and editing its options, so the request gets its own. Nobody inside sees
    // what is the cascade's own.
    private GenerationRequest RequestFor(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        ChatMessage[] all = [.. messages];
        if (all.Contains(null))
        {
            throw new ArgumentException("There is a message that is null.", nameof(messages));
        }

        var own = options?.Clone();
        if (own is not null)
        {
            ReservedProperties.RemoveFrom(own);
        }

        return new(Array.AsReadOnly(ReservedProperties.RemoveFrom(all)), own, labels: null, Cascade.Settings.QueryProjection)
        {
            FindAnsweredBefore = all is [.., var last] && last.Role != ChatRole.User ? FinderIn(all) : null,
        };
    }

    // By itself, so that requests that are no tool iteration allocate nothing for it.
    private static Func<IReadOnlyList<string>> FinderIn(ChatMessage[] messages) => () => CascadeTrace.AnsweredInTurn(messages);

    private IGenerator? GeneratorOf(string name)
    {
        var generator = name == Cascade.Expert.Name
            ? Cascade.Expert.Generator
            : Cascade.Tiers.FirstOrDefault(tier => tier.Name == name)?.Generator;
        while (generator is IWrappingGenerator wrapping)
        {
            generator = wrapping.Inner;
        }

        return generator;
    }
}
