using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace LlmCascade.Tests.Students;

/// <summary>An application with an online cascade whose expert is a function of the text.</summary>
internal sealed class OnlineHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public OnlineHost(Func<string, ScriptedReply> expert, Action<CascadeBuilder> configure)
    {
        Expert = new ScriptedChatClient(call => expert(call.Messages[^1].Text));
        var services = new ServiceCollection();
        services.AddChatClient(Expert);
        services.AddLlmCascade(configure);
        _services = services.BuildServiceProvider();
        _services.GetRequiredService<IChatClient>();
        Classifier = _services.GetRequiredService<CascadeClassifier>();
        Learning = _services.GetRequiredService<CascadeLearning>();
    }

    public ScriptedChatClient Expert { get; }

    public CascadeClassifier Classifier { get; }

    public CascadeLearning Learning { get; }

    public async Task<List<Classification>> ClassifyAsync(IEnumerable<string> texts)
    {
        List<Classification> results = [];
        await foreach (var result in Classifier.ClassifyStreamAsync(texts.ToAsyncEnumerable()))
        {
            results.Add(result);
        }

        return results;
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
