using Microsoft.Extensions.AI;

namespace SupportDesk;

/// <summary>The expert: a table of the right answers, and of one note for each kind of question. No model.</summary>
/// <remarks>Its texts are charged at four characters a token.</remarks>
internal sealed class DeskExpert(IEnumerable<Question> questions) : IChatClient
{
    private readonly Dictionary<string, Question> _byText = questions.ToDictionary(question => question.Text);

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var all = messages.ToArray();
        var text = all[^1].Text;

        // A note is asked for with the question quoted on a line of its own.
        var reply = _byText.TryGetValue(text, out var asked)
            ? asked.Answer
            : text.Split('\n').Where(line => line.StartsWith("> ", StringComparison.Ordinal)).Select(line => _byText.GetValueOrDefault(line[2..])).First(each => each is not null)!.Note;
        return Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, reply))
        {
            Usage = new UsageDetails { InputTokenCount = all.Sum(message => Fees.TokensOf(message.Text)), OutputTokenCount = Fees.TokensOf(reply) },
        });
    }

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        foreach (var update in (await GetResponseAsync(messages, options, cancellationToken)).ToChatResponseUpdates())
        {
            yield return update;
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    public void Dispose()
    {
    }
}
