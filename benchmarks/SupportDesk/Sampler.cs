using LlmCascade;
using LlmCascade.Chat;
using Microsoft.Extensions.AI;

namespace SupportDesk;

/// <summary>Asks the model each question once as it was asked to, and several times more with chance. Keeps all answers; asked by one caller at a time.</summary>
internal sealed class Sampler(IChatClient model) : DelegatingChatClient(model)
{
    /// <summary>The number of answers with chance.</summary>
    public const int Samples = 5;

    private const float Temperature = 0.7f;

    private readonly TokenLogProbabilityReader _read = model.GetService<TokenLogProbabilityReader>()!;
    private readonly List<Sampled> _all = [];

    /// <summary>Gets what was said, in the order of the questions.</summary>
    public IReadOnlyList<Sampled> All => _all;

    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var prompt = messages.ToArray();
        var greedy = base.GetResponseAsync(prompt, options?.Clone(), cancellationToken);
        var samples = await Task.WhenAll(Enumerable.Range(_all.Count * Samples, Samples).Select(seed =>
        {
            var own = options?.Clone() ?? new ChatOptions();
            (own.Temperature, own.Seed) = (Temperature, seed);
            return base.GetResponseAsync(prompt, own, cancellationToken);
        }));
        _all.Add(new Sampled(prompt[^1].Text, WithTokens(await greedy), [.. samples.Select(WithTokens)]));
        return await greedy;
    }

    private Generation WithTokens(ChatResponse response) => new(response) { Tokens = [.. _read(response.RawRepresentation!)!] };
}
