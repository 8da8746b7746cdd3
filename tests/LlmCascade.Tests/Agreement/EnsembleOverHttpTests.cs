using System.ClientModel;
using LlmCascade.Agreement;
using LlmCascade.Calibration;
using LlmCascade.Tests.Providers;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;
using Xunit;

namespace LlmCascade.Tests.Agreement;

/// <summary>Members behind real connections.</summary>
public sealed class EnsembleOverHttpTests : IAsyncLifetime
{
    private readonly ChatCompletionsServer[] _servers = [new(), new(), new()];

    public async ValueTask InitializeAsync() => await Task.WhenAll(_servers.Select(server => server.InitializeAsync().AsTask()));

    public async ValueTask DisposeAsync() => await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask()));

    [Fact]
    public async Task A_member_that_is_not_needed_any_more_is_cut_off_at_its_server()
    {
        _servers[0].Tokens = _servers[1].Tokens = [new("45", -0.1), new(" days", -0.1)];
        _servers[2].Tokens = [new("Well", -0.1), new(", let me think", -0.1)];
        _servers[2].StandStillAfter = 1;
        var services = new ServiceCollection();
        services.AddChatClient(new LlmCascade.Testing.ScriptedChatClient("expert"));
        services.AddLlmCascade(cascade => cascade.AddTier("trio", tier => tier
            .UseEnsemble(ensemble => ensemble
                .Add("a", Client(0)).Add("b", Client(1)).Add("c", Client(2))
                .Agree(agreement => agreement.Measure = AgreementMeasure.SameText))
            .DeferBelow(0.5)));
        await using var provider = services.BuildServiceProvider();

        var response = await provider.GetRequiredService<IChatClient>()
            .GetStreamingResponseAsync("How long?", cancellationToken: TestContext.Current.CancellationToken)
            .ToChatResponseAsync(TestContext.Current.CancellationToken);

        Assert.Equal("45 days", response.Text);
        var third = response.GetCascadeTrace()!.Attempts[0].Children![2];
        Assert.Equal((AgreementReasons.Unneeded, UsageState.Unknown), (third.Reason, third.UsageState));
        await _servers[2].ClientLeft.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    private IChatClient Client(int server) =>
        new OpenAIClient(new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = _servers[server].Endpoint }).GetChatClient("tiny").AsIChatClient();
}
