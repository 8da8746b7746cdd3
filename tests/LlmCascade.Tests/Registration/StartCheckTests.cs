using LlmCascade.Deferral;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenAI.Chat;
using Xunit;
using static LlmCascade.Tests.Registration.Starting;

namespace LlmCascade.Tests.Registration;

public sealed class StartCheckTests
{
    private readonly ScriptedChatClient _small = Client("Lyon");

    [Fact]
    public async Task A_host_without_mistakes_starts()
    {
        using var host = BuildHost(Adding(cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid())));

        await host.StartAsync();
        await host.StopAsync();

        Assert.Empty(_small.Calls);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task A_cascade_about_which_nothing_is_said_shows_the_five_lines(Start start)
    {
        var message = await start.FailsAsync(s =>
        {
            s.AddChatClient(Client());
            s.AddLlmCascade();
        });

        Assert.Contains("No tier is configured", message, StringComparison.Ordinal);
        Assert.Contains("services.AddChatClient(expert);", message, StringComparison.Ordinal);
        Assert.Contains("services.AddLlmCascade(cascade => cascade", message, StringComparison.Ordinal);
        Assert.Contains(".AddTier(\"local\", tier => tier.UseChatClient(small).KeepWhenValid()", message, StringComparison.Ordinal);
        Assert.Contains(".ExpertCosts(inputPerMillion: 2.5m, outputPerMillion: 10m))", message, StringComparison.Ordinal);
        Assert.Contains(".UseFunctionInvocation();", message, StringComparison.Ordinal);
        Assert.DoesNotContain("There is no expert", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task A_cascade_without_an_expert_is_told_how_to_get_one(Start start)
    {
        var message = await start.FailsAsync(s =>
            s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid())));

        Assert.Contains("There is no expert: register an IChatClient before AddLlmCascade", message, StringComparison.Ordinal);
        Assert.Contains(".Expert(expert => expert.UseChatClient(…))", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expert_that_is_registered_too_late_hides_the_cascade_and_a_host_says_so()
    {
        var message = await Start.OfTheHost.FailsAsync(
            s =>
            {
                s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid()));
                s.AddChatClient(Client());
            });

        Assert.Contains("does not contain the cascade", message, StringComparison.Ordinal);
        Assert.Contains("services.AddLlmCascade(…)", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task A_threshold_policy_of_the_hosts_needs_a_confidence_too(Start start)
    {
        var message = await start.FailsAsync(Adding(cascade => cascade.AddTier(
            "local", tier => tier.UseChatClient(_small).UsePolicy(new ThresholdPolicy(0.8)))));

        Assert.Contains("nothing supplies its confidence", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task What_is_about_chat_clients_is_refused_on_a_generator(Start start)
    {
        var message = await start.FailsAsync(Adding(cascade => cascade.AddTier(
            "local", tier => tier.UseGenerator(new ScriptedGenerator("x")).UseModel("mini").KeepWhenValid())));

        Assert.Contains("are about chat clients", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task A_tier_with_nobody_to_answer_is_told_who_could(Start start)
    {
        var message = await start.FailsAsync(Adding(cascade => cascade.AddTier("local", tier => tier.KeepWhenValid())));

        Assert.Contains("Tier 'local' has nobody to answer", message, StringComparison.Ordinal);
        Assert.Contains(".UseChatClient(…)", message, StringComparison.Ordinal);
        Assert.Contains(".UseGenerator(…)", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task A_tier_that_can_keep_nothing_is_told_what_keeps(Start start)
    {
        var message = await start.FailsAsync(Adding(cascade =>
            cascade.AddTier("local", tier => tier.UseChatClient(_small).DeferWhen(_ => false).Explore(0.1))));

        Assert.Contains("Tier 'local' has no policy that can keep an answer", message, StringComparison.Ordinal);
        Assert.Contains(".DeferBelow(…)", message, StringComparison.Ordinal);
        Assert.Contains(".KeepWhenValid()", message, StringComparison.Ordinal);
        Assert.Contains(".KeepWhen(response => …)", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task A_tier_that_explores_all_its_keeps_is_told_so(Start start)
    {
        var message = await start.FailsAsync(Adding(cascade =>
            cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid().Explore(1))));

        Assert.Contains("Tier 'local' explores every answer that it would keep", message, StringComparison.Ordinal);
        Assert.DoesNotContain("no policy that can keep", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task A_threshold_on_a_chat_client_without_confidence_is_told_what_supplies_it(Start start)
    {
        var message = await start.FailsAsync(Adding(cascade =>
            cascade.AddTier("local", tier => tier.UseChatClient(_small).DeferBelow(0.8))));

        Assert.Contains("Tier 'local' defers below a threshold, and nothing supplies its confidence", message, StringComparison.Ordinal);
        Assert.Contains(".WithTokenConfidence()", message, StringComparison.Ordinal);
        Assert.Contains(".WithConfidence(response => …)", message, StringComparison.Ordinal);
        Assert.Contains(".UseGenerator(…)", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task Token_confidence_from_a_client_without_log_probabilities_is_told_what_supplies_them(Start start)
    {
        using var silent = new ChatClient("tiny", "no key").AsIChatClient();
        var message = await start.FailsAsync(Adding(cascade =>
            cascade.AddTier("local", tier => tier.UseChatClient(silent).WithTokenConfidence().DeferBelow(0.8))));

        Assert.Contains("'local' measures its confidence from token log-probabilities, and its chat client supplies none", message, StringComparison.Ordinal);
        Assert.Contains(".UseOpenAILogProbabilities()", message, StringComparison.Ordinal);
        Assert.Contains(".UseTokenLogProbabilities(…)", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task Two_sources_of_one_confidence_are_refused(Start start)
    {
        var message = await start.FailsAsync(Adding(cascade => cascade.AddTier(
            "local", tier => tier.UseChatClient(_small).WithConfidence(_ => Confidence.Measured(1)).WithTokenConfidence().DeferBelow(0.8))));

        Assert.Contains("has both .WithConfidence(…) and .WithTokenConfidence()", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_threshold_with_a_source_of_confidence_is_no_mistake()
    {
        using var host = BuildHost(Adding(cascade => cascade
            .AddTier("asked", tier => tier.UseChatClient(_small).WithConfidence(_ => Confidence.SelfReported(0.9)).DeferBelow(0.8))
            .AddTier("own", tier => tier.UseGenerator(new ScriptedGenerator("Lyon")).DeferBelow(0.8))));

        await host.StartAsync();
        await host.StopAsync();
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task A_threshold_together_with_keeping_the_rest_is_refused(Start start)
    {
        var message = await start.FailsAsync(Adding(cascade => cascade.AddTier("local", tier => tier
            .UseChatClient(_small).WithConfidence(_ => Confidence.Measured(0.5)).DeferBelow(0.8).KeepWhenValid())));

        Assert.Contains("Tier 'local' has both .DeferBelow(…) and .KeepWhenValid()", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task Two_equal_names_are_refused(Start start)
    {
        var message = await start.FailsAsync(Adding(cascade => cascade
            .AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid())
            .AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid())));

        Assert.Contains("The name 'local' is given twice", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task A_tier_named_like_the_expert_is_refused(Start start)
    {
        var message = await start.FailsAsync(Adding(cascade =>
            cascade.AddTier("expert", tier => tier.UseChatClient(_small).KeepWhenValid())));

        Assert.Contains("The name 'expert' is given twice", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task Costs_that_fall_from_tier_to_tier_are_refused(Start start)
    {
        var message = await start.FailsAsync(Adding(cascade => cascade
            .AddTier("dear", tier => tier.UseChatClient(_small).KeepWhenValid().Costs(2, 8))
            .AddTier("cheap", tier => tier.UseChatClient(_small).KeepWhenValid().Costs(1, 8))));

        Assert.Contains("'cheap' is cheaper than 'dear' before it", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task An_expert_cheaper_than_a_tier_is_refused(Start start)
    {
        var message = await start.FailsAsync(Adding(cascade => cascade
            .AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid().Costs(perCall: 0.2m))
            .AddTier("unpriced", tier => tier.UseChatClient(_small).KeepWhenValid())
            .ExpertCosts(perCall: 0.1m)));

        Assert.Contains("'expert' is cheaper than 'local' before it", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task Costs_that_fall_are_found_across_a_tier_that_cannot_be_compared(Start start)
    {
        var message = await start.FailsAsync(Adding(cascade => cascade
            .AddTier("first", tier => tier.UseChatClient(_small).KeepWhenValid().Costs(2, 8))
            .AddTier("mixed", tier => tier.UseChatClient(_small).KeepWhenValid().Costs(3, 5))
            .AddTier("last", tier => tier.UseChatClient(_small).KeepWhenValid().Costs(1, 7))));

        Assert.Contains("'last' is cheaper than 'first' before it", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Costs_that_are_equal_or_cannot_be_compared_are_no_mistake()
    {
        using var host = BuildHost(Adding(cascade => cascade
            .AddTier("a", tier => tier.UseChatClient(_small).KeepWhenValid().Costs(1, 8))
            .AddTier("b", tier => tier.UseChatClient(_small).KeepWhenValid().Costs(1, 8))
            .AddTier("c", tier => tier.UseChatClient(_small).KeepWhenValid().Costs(2, 4))
            .ExpertCosts(2, 4, perCall: 0.1m)));

        await host.StartAsync();
        await host.StopAsync();
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task Two_owners_of_conversations_are_refused(Start start)
    {
        var message = await start.FailsAsync(Adding(cascade => cascade
            .AddTier("a", tier => tier.UseChatClient(_small).KeepWhenValid().OwnsConversations())
            .AddTier("b", tier => tier.UseChatClient(_small).KeepWhenValid().OwnsConversations())));

        Assert.Contains("have one owner, and 'a' and 'b' claim them", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task All_mistakes_are_told_at_once(Start start)
    {
        var mistake = await start.ThrowsAsync<OptionsValidationException>(s => s.AddLlmCascade(cascade => cascade
            .AddTier("a", tier => tier.UseChatClient("nowhere").KeepWhenValid().OwnsConversations())
            .AddTier("a", tier => tier.UseChatClient(_small).OwnsConversations())
            .AddTier("b", tier => tier.KeepWhenValid().Costs(perCall: 2))
            .AddTier("c", tier => tier.UseChatClient(_small).DeferBelow(0.5).KeepWhenValid().Costs(perCall: 1))));

        string[] expected =
        [
            "There is no expert",
            "'a' has no policy that can keep",
            "'b' has nobody to answer",
            "'c' has both",
            "'c' defers below a threshold",
            "'a' is given twice",
            "'a' and 'a' claim them",
            "'c' is cheaper than 'b'",
            "with the key 'nowhere'",
        ];
        Assert.Equal(expected.Length, mistake.Failures.Count());
        Assert.All(expected, text => Assert.Contains(text, mistake.Message, StringComparison.Ordinal));
    }

    private static Action<IServiceCollection> Adding(Action<CascadeBuilder> configure) => services =>
    {
        services.AddChatClient(Client());
        services.AddLlmCascade(configure);
    };
}
