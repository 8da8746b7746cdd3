using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;
using static LlmCascade.Tests.Registration.Starting;

namespace LlmCascade.Tests.Registration;

public sealed class PipelineTests
{
    private readonly ScriptedChatClient _small = Client("Lyon");

    [Fact]
    public async Task The_client_after_it_is_the_expert()
    {
        using var client = Client().AsBuilder()
            .UseLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhen(_ => false)))
            .Build();

        var response = await client.GetResponseAsync("?");

        Assert.Equal("Paris", response.Text);
        Assert.Equal(["local", "expert"], response.GetCascadeTrace()!.Attempts.Select(attempt => attempt.Name));
    }

    [Fact]
    public void The_client_after_it_is_disposed_once_with_the_pipeline()
    {
        var expert = new CountingClient();
        var client = expert.AsBuilder().UseFunctionInvocation().UseLlmCascade(AddLocal).Build();

        client.Dispose();

        Assert.Equal(1, expert.Disposals);
    }

    [Fact]
    public void The_client_after_it_is_disposed_with_the_pipeline_also_where_another_is_the_expert()
    {
        var (inner, expert) = (new CountingClient(), new CountingClient());
        var client = inner.AsBuilder()
            .UseLlmCascade(cascade => AddLocal(cascade.Expert(named => named.UseChatClient(expert))))
            .Build();

        client.Dispose();

        Assert.Equal((1, 0), (inner.Disposals, expert.Disposals));
    }

    [Fact]
    public async Task Keyed_clients_come_from_the_pipelines_services()
    {
        await using var services = BuildServices(s => s.AddKeyedChatClient("small", _small));
        using var client = Client().AsBuilder()
            .UseLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient("small").KeepWhenValid()))
            .Build(services);

        Assert.Equal("Lyon", (await client.GetResponseAsync("?")).Text);
    }

    [Fact]
    public void All_mistakes_are_told_when_the_pipeline_is_built()
    {
        var builder = Client().AsBuilder().UseLlmCascade(cascade => cascade
            .AddTier("silent", tier => tier.KeepWhenValid())
            .AddTier("helpless", tier => tier.UseChatClient(_small)));

        var mistakes = Assert.ThrowsAny<OptionsValidationException>(() => builder.Build()).Failures.ToList();

        Assert.Equal(2, mistakes.Count);
        Assert.Contains("'silent' has nobody to answer", mistakes[0], StringComparison.Ordinal);
        Assert.Contains("'helpless' has no policy that can keep", mistakes[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Values_out_of_range_are_told_when_the_pipeline_is_built()
    {
        var builder = Client().AsBuilder()
            .UseLlmCascade(cascade => AddLocal(cascade.Configure(options => options.RestAfterFailures = 0)));

        var mistake = Assert.ThrowsAny<OptionsValidationException>(() => builder.Build());

        Assert.Contains("RestAfterFailures", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Function_invocation_after_it_is_refused_with_the_right_order()
    {
        var builder = Client().AsBuilder().UseLlmCascade(AddLocal).UseFunctionInvocation();

        var mistake = Assert.ThrowsAny<OptionsValidationException>(() => builder.Build());

        Assert.Contains("builder.UseFunctionInvocation().UseLlmCascade(…);", mistake.Message, StringComparison.Ordinal);
    }

    private void AddLocal(CascadeBuilder cascade) =>
        cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid());
}
