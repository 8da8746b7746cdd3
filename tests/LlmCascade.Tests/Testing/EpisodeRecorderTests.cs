using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static LlmCascade.Tests.Cascades;

namespace LlmCascade.Tests.Testing;

public sealed class EpisodeRecorderTests
{
    private readonly EpisodeRecorder _recorder = new();

    [Fact]
    public async Task Episodes_are_kept_in_the_order_in_which_they_ended()
    {
        var cascade = new Cascade([Tier("small", "Lyon")], Expert("Paris"), new CascadeSettings { OnEpisode = _recorder.Record });

        var (_, first) = await cascade.RunAsync(Question);
        Assert.Same(first, _recorder.Only);
        var (_, second) = await cascade.RunAsync(Question);

        Assert.Equal([first, second], _recorder.Episodes);
        Assert.Same(second, _recorder.Newest);
        _recorder.Clear();
        Assert.Empty(_recorder.Episodes);
    }

    [Fact]
    public async Task Where_the_only_episode_is_asked_for_there_is_one()
    {
        Assert.Contains("there is none", Assert.Throws<ExpectationException>(() => _recorder.Newest).Message, StringComparison.Ordinal);
        Assert.Contains("there are 0", Assert.Throws<ExpectationException>(() => _recorder.Only).Message, StringComparison.Ordinal);

        var cascade = new Cascade([Tier("small", "Lyon")], Expert("Paris"), new CascadeSettings { OnEpisode = _recorder.Record });
        await cascade.RunAsync(Question);
        await cascade.RunAsync(Question);

        var message = Assert.Throws<ExpectationException>(() => _recorder.Only).Message;
        Assert.Contains("there are 2", message, StringComparison.Ordinal);
        Assert.All(_recorder.Episodes, episode => Assert.Contains(episode.Describe(), message, StringComparison.Ordinal));
        Assert.Throws<ArgumentNullException>("episode", () => _recorder.Record((Episode)null!));
    }

    [Fact]
    public async Task Many_requests_at_once_are_all_kept()
    {
        var cascade = new Cascade([Tier("small", "Lyon")], Expert("Paris"), new CascadeSettings { OnEpisode = _recorder.Record });

        await Parallel.ForAsync(0, 200, async (_, token) => await cascade.RunAsync(Question, cancellationToken: token));

        Assert.Equal(200, _recorder.Episodes.Select(episode => episode.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_test_listens_to_the_cascades_that_a_host_has_registered()
    {
        List<Episode> hosts = [];
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient("Paris"));
        services.AddLlmCascade(cascade => cascade
            .AddTier("small", tier => tier.UseChatClient(new ScriptedChatClient("Lyon")).KeepWhenValid().Costs(1, 1))
            .OnEpisode(hosts.Add));
        services.AddLlmCascade("other", cascade => cascade
            .AddTier("tiny", tier => tier.UseChatClient(new ScriptedChatClient("Nice")).KeepWhenValid().Costs(1, 1))
            .Expert(expert => expert.UseChatClient(new ScriptedChatClient("Paris"))));

        services.ConfigureAll<CascadeOptions>(options => options.OnEpisode(_recorder.Record));

        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IChatClient>().GetResponseAsync("Capital?");
        await provider.GetRequiredKeyedService<IChatClient>("other").GetResponseAsync("Capital?");

        Assert.Equal(["small", "tiny"], _recorder.Episodes.Select(episode => episode.Answerer?.Name));
        Assert.Same(_recorder.Episodes[0], Assert.Single(hosts));
    }

    [Fact]
    public async Task In_shadow_a_test_waits_for_what_came_of_the_tiers()
    {
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient("Paris"));
        services.AddLlmCascade(cascade => cascade
            .AddTier("small", tier => tier.UseChatClient(new ScriptedChatClient("Lyon")).KeepWhenValid().Costs(1, 1)));

        services.Configure<CascadeOptions>(options =>
        {
            options.Mode = CascadeMode.Shadow;
            options.OnEpisode(_recorder.Record);
            options.OnAddendum(_recorder.Record);
        });

        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IChatClient>().GetResponseAsync("Capital?");
        var first = await _recorder.NextAddendumAsync();
        await provider.GetRequiredService<IChatClient>().GetResponseAsync("Capital?");
        var second = await _recorder.NextAddendumAsync();

        Assert.Equal(_recorder.Episodes, [first.Episode, second.Episode]);
        Assert.Equal("Lyon", first.Root.Generation?.Response.Text);
        _recorder.Record(first);
        _recorder.Clear();
        Assert.False(_recorder.NextAddendumAsync().IsCompleted);
    }

    [Fact]
    public async Task A_test_may_listen_to_one_of_them_alone()
    {
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient("Paris"));
        services.AddLlmCascade(cascade => cascade
            .AddTier("small", tier => tier.UseChatClient(new ScriptedChatClient("Lyon")).KeepWhenValid().Costs(1, 1)));

        services.Configure<CascadeOptions>("other", options => options.OnEpisode(_recorder.Record));

        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IChatClient>().GetResponseAsync("Capital?");
        Assert.Empty(_recorder.Episodes);
        Assert.Throws<ArgumentNullException>("observer", () => new CascadeOptions().OnEpisode(null!));
        Assert.Throws<ArgumentNullException>("observer", () => new CascadeOptions().OnAddendum(null!));
    }
}
