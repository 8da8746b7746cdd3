using LlmCascade.Testing;
using Microsoft.Extensions.AI;

namespace LlmCascade.Tests.Registration;

/// <summary>A chat client that counts how often it is disposed.</summary>
internal sealed class CountingClient() : DelegatingChatClient(new ScriptedChatClient("Paris"))
{
    public int Disposals { get; private set; }

    protected override void Dispose(bool disposing)
    {
        Disposals++;
        base.Dispose(disposing);
    }
}
