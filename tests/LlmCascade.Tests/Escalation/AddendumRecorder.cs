using System.Threading.Channels;

namespace LlmCascade.Tests.Escalation;

/// <summary>Hears of addenda, and lets a test wait for the next one.</summary>
internal sealed class AddendumRecorder
{
    private readonly Channel<EpisodeAddendum> _addenda = Channel.CreateUnbounded<EpisodeAddendum>();

    public int Count => _addenda.Reader.Count;

    public void Add(EpisodeAddendum addendum) => _addenda.Writer.TryWrite(addendum);

    public Task<EpisodeAddendum> NextAsync() =>
        _addenda.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
}
