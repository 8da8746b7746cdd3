using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static LlmCascade.Tests.Registration.Starting;

namespace LlmCascade.Tests.Registration;

public sealed class ConfigurationTests
{
    private static readonly ScriptedReply _reply = new ScriptedReply("Lyon").WithUsage(1_000_000, 1_000_000);

    private readonly ScriptedChatClient _small = Client(_reply);
    private readonly ScriptedChatClient _expert = Client(_reply);

    [Theory]
    [InlineData("0.6", "local")]
    [InlineData("0.8", "expert")]
    public async Task A_threshold_wins_over_the_codes(string threshold, string answerer)
    {
        var trace = await AskAsync(
            cascade => cascade.AddTier("local", tier => tier
                .UseChatClient(_small).WithConfidence(_ => Confidence.Measured(0.7)).DeferBelow(0.7)),
            ("LlmCascade:Tiers:local:Threshold", threshold));

        Assert.Equal(answerer, trace.AnsweredBy);
    }

    [Fact]
    public async Task What_configuration_does_not_say_leaves_the_codes_word_standing()
    {
        await using var services = Application(
            cascade => cascade
                .AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid().Costs(1, 1).UseModel("from-code").WithTimeout(TimeSpan.FromSeconds(3)))
                .ExpertCosts(2, 2)
                .Configure(options => options.RestAfterFailures = 7),
            ("LlmCascade:RestTime", "00:01:00"),
            ("LlmCascade:Tiers:local:Exploration", "0"));

        var response = await services.GetRequiredService<IChatClient>().GetResponseAsync("?");

        var cascade = services.Cascade().Cascade;
        Assert.Equal((7, TimeSpan.FromMinutes(1)), (cascade.Settings.RestAfterFailures, cascade.Settings.RestTime));
        Assert.Equal(TimeSpan.FromSeconds(3), cascade.Tiers[0].Timeout);
        Assert.Equal(2, cascade.Expert.Prices?.InputPerMillion);
        Assert.Equal(2, response.GetCascadeTrace()?.Cost);
        Assert.Equal("from-code", _small.Calls[0].Options?.ModelId);
    }

    [Fact]
    public async Task Prices_model_and_timeout_of_a_tier_win_over_the_codes()
    {
        await using var services = Application(
            cascade => cascade.AddTier("local", tier => tier
                .UseChatClient(_small).KeepWhenValid().Costs(1, 1).UseModel("from-code").WithTimeout(TimeSpan.FromSeconds(3))),
            ("LlmCascade:Tiers:local:Prices:InputPerMillion", "0.1"),
            ("LlmCascade:Tiers:local:Prices:OutputPerMillion", "0.4"),
            ("LlmCascade:Tiers:local:Prices:CachedInputPerMillion", "0.05"),
            ("LlmCascade:Tiers:local:Prices:PerCall", "0.5"),
            ("LlmCascade:Tiers:local:Model", "from-configuration"),
            ("LlmCascade:Tiers:local:Timeout", "00:00:10"));

        var response = await services.GetRequiredService<IChatClient>().GetResponseAsync("?");

        var local = services.Cascade().Cascade.Tiers[0];
        Assert.Equal(new Prices(0.1m, 0.4m, 0.05m, 0.5m), local.Prices);
        Assert.Equal(1.0m, response.GetCascadeTrace()?.Cost);
        Assert.Equal("from-configuration", _small.Calls[0].Options?.ModelId);
        Assert.Equal(TimeSpan.FromSeconds(10), local.Timeout);
    }

    [Theory]
    [InlineData("true", "local")]
    [InlineData("false", "expert")]
    public async Task Keeping_what_is_valid_wins_over_the_codes(string keeps, string answerer)
    {
        var trace = await AskAsync(
            cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid().KeepWhen(_ => false)),
            ("LlmCascade:Tiers:local:KeepWhenValid", keeps));

        Assert.Equal(answerer, trace.AnsweredBy);
    }

    [Fact]
    public async Task Exploration_wins_over_the_codes()
    {
        var trace = await AskAsync(
            cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid().Explore(0)),
            ("LlmCascade:Tiers:local:Exploration", "0.5"));

        Assert.Equal(0.5, trace.Attempts[0].Probability);
    }

    [Fact]
    public async Task The_client_of_a_tier_wins_over_the_codes()
    {
        var configured = Client("Nice");
        await using var services = BuildServices(
            s =>
            {
                s.AddKeyedChatClient("other", configured);
                s.AddChatClient(_expert);
                s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid()));
            },
            ("LlmCascade:Tiers:local:Client", "other"));

        Assert.Same(configured, services.Cascade().GetService(typeof(ScriptedChatClient), "local"));
    }

    [Fact]
    public async Task The_expert_is_bound_too()
    {
        await using var services = Application(
            cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhen(_ => false))
                .ExpertCosts(9, 9)
                .Expert(expert => expert.UseModel("from-code").WithTimeout(TimeSpan.FromSeconds(3))),
            ("LlmCascade:Expert:Prices:InputPerMillion", "2"),
            ("LlmCascade:Expert:Prices:OutputPerMillion", "3"),
            ("LlmCascade:Expert:Model", "from-configuration"),
            ("LlmCascade:Expert:Timeout", "00:00:20"));

        await services.GetRequiredService<IChatClient>().GetResponseAsync("?");

        var expert = services.Cascade().Cascade.Expert;
        Assert.Equal(new Prices(2, 3), expert.Prices);
        Assert.Equal(TimeSpan.FromSeconds(20), expert.Timeout);
        Assert.Equal("from-configuration", _expert.Calls[0].Options?.ModelId);
    }

    [Fact]
    public async Task The_cascades_own_limits_win_over_the_codes()
    {
        await using var services = Application(
            cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid()).Configure(options =>
            {
                options.Timeout = TimeSpan.FromSeconds(1);
                options.GraceTime = TimeSpan.FromSeconds(1);
                options.RestAfterFailures = 1;
                options.RestTime = TimeSpan.FromSeconds(1);
                options.Seed = 1;
            }),
            ("LlmCascade:Timeout", "00:00:02"),
            ("LlmCascade:GraceTime", "00:00:03"),
            ("LlmCascade:RestAfterFailures", "4"),
            ("LlmCascade:RestTime", "00:00:05"),
            ("LlmCascade:Seed", "18446744073709551615"));

        var settings = services.Cascade().Cascade.Settings;
        Assert.Equal(TimeSpan.FromSeconds(2), settings.Timeout);
        Assert.Equal(TimeSpan.FromSeconds(3), settings.GraceTime);
        Assert.Equal(4, settings.RestAfterFailures);
        Assert.Equal(TimeSpan.FromSeconds(5), settings.RestTime);
        Assert.Equal(ulong.MaxValue, settings.Seed);
    }

    [Fact]
    public async Task The_case_of_a_tiers_name_does_not_matter_as_in_all_configuration()
    {
        await using var services = Application(
            cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid()),
            ("LLMCASCADE:TIERS:LOCAL:TIMEOUT", "00:00:10"));

        var local = Assert.Single(services.Cascade().Cascade.Tiers);
        Assert.Equal(("local", TimeSpan.FromSeconds(10)), (local.Name, local.Timeout));
    }

    [Fact]
    public async Task A_section_and_registered_clients_are_enough()
    {
        await using var services = BuildServices(
            s =>
            {
                s.AddKeyedChatClient("small", _small);
                s.AddChatClient(_expert);
                s.AddLlmCascade();
            },
            ("LlmCascade:Tiers:local:Client", "small"),
            ("LlmCascade:Tiers:local:KeepWhenValid", "true"));

        var response = await services.GetRequiredService<IChatClient>().GetResponseAsync("?");

        Assert.Equal("local", response.GetCascadeTrace()?.AnsweredBy);
        Assert.Single(_small.Calls);
    }

    [Theory]
    [InlineData("TokenMean", null, "confident", "below-threshold")]
    [InlineData("TokenMinimum", null, "below-threshold", "below-threshold")]
    [InlineData("TokenQuantile", "1", "confident", "confident")]
    [InlineData("TokenSum", null, "below-threshold", "below-threshold")]
    public async Task A_configured_tier_says_where_its_confidence_comes_from(
        string confidence, string? quantile, string atThreshold, string above)
    {
        using var client = new ScriptedChatClient(new ScriptedReply("Par", "is").WithLogProbabilities(-0.1, -0.5));
        async Task<string> DecideAsync(string threshold)
        {
            await using var services = BuildServices(
                s =>
                {
                    s.AddKeyedChatClient("small", client);
                    s.AddChatClient(_expert);
                    s.AddLlmCascade();
                },
                [
                    ("LlmCascade:Tiers:local:Client", "small"),
                    ("LlmCascade:Tiers:local:Threshold", threshold),
                    ("LlmCascade:Tiers:local:Confidence", confidence),
                    .. quantile is null ? [] : new (string, string?)[] { ("LlmCascade:Tiers:local:ConfidenceQuantile", quantile) },
                ]);
            var response = await services.GetRequiredService<IChatClient>().GetResponseAsync("?");
            return response.GetCascadeTrace()!.Attempts[0].Reason;
        }

        Assert.Equal(atThreshold, await DecideAsync("0.74"));   // exp(-0.3) = 0.741
        Assert.Equal(above, await DecideAsync("0.75"));
    }

    [Theory]
    [InlineData(Start.OfTheHost, "TokenQuantile", null)]
    [InlineData(Start.AtFirstUse, "TokenMean", "0.1")]
    [InlineData(Start.OfTheHost, null, "0.1")]
    public async Task A_quantile_without_its_number_and_a_number_without_its_quantile_are_refused(
        Start start, string? confidence, string? quantile)
    {
        var message = await start.FailsAsync(
            s =>
            {
                s.AddKeyedChatClient("small", _small);
                s.AddChatClient(_expert);
                s.AddLlmCascade();
            },
            ("LlmCascade:Tiers:local:Client", "small"),
            ("LlmCascade:Tiers:local:Threshold", "0.5"),
            ("LlmCascade:Tiers:local:Confidence", confidence),
            ("LlmCascade:Tiers:local:ConfidenceQuantile", quantile));

        Assert.Contains("Tiers:local: Confidence TokenQuantile and ConfidenceQuantile are given together", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task An_unknown_name_without_a_client_is_refused_and_named(Start start)
    {
        var message = await start.FailsAsync(
            s =>
            {
                s.AddChatClient(_expert);
                s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid()));
            },
            ("LlmCascade:Tiers:loacl:KeepWhenValid", "true"));

        Assert.Contains("the tier 'loacl', which code does not add; there is 'local'", message, StringComparison.Ordinal);
        Assert.Contains("give it a Client", message, StringComparison.Ordinal);
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task A_configured_tier_that_can_keep_nothing_is_refused(Start start)
    {
        var message = await start.FailsAsync(
            s =>
            {
                s.AddKeyedChatClient("small", _small);
                s.AddChatClient(_expert);
                s.AddLlmCascade();
            },
            ("LlmCascade:Tiers:local:Client", "small"));

        Assert.Contains("Tier 'local' has no policy that can keep", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tiers_that_only_configuration_declares_stand_after_the_codes_in_order_of_price_then_of_name()
    {
        (string Key, string? Value)[] settings =
        [
            .. Declared("b-unpriced"), .. Declared("a-unpriced"),
            .. Declared("dear", "3"), .. Declared("cheap", "1"), .. Declared("b-middle", "2"), .. Declared("a-middle", "2"),
        ];
        await using var services = BuildServices(
            s =>
            {
                s.AddKeyedChatClient("small", _small);
                s.AddChatClient(_expert);
                s.AddLlmCascade(cascade => cascade.AddTier("z-code", tier => tier.UseChatClient(_small).KeepWhenValid()));
            },
            settings);

        Assert.Equal(
            ["z-code", "cheap", "a-middle", "b-middle", "dear", "a-unpriced", "b-unpriced"],
            services.Cascade().Cascade.Tiers.Select(tier => tier.Name));
    }

    [Fact]
    public async Task A_named_cascade_binds_the_section_of_its_name_and_no_other()
    {
        await using var services = BuildServices(
            s =>
            {
                s.AddChatClient(_expert);
                s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid()));
                s.AddLlmCascade("fast", cascade => cascade
                    .AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid())
                    .Expert(expert => expert.UseChatClient(_expert)));
            },
            ("LlmCascade:RestAfterFailures", "2"),
            ("LlmCascade:fast:RestTime", "00:00:09"),
            ("LlmCascade:fast:Tiers:local:Timeout", "00:00:08"),
            ("LlmCascade:fast:Expert:Timeout", "00:00:07"));

        var (unnamed, fast) = (services.Cascade().Cascade, services.Cascade("fast").Cascade);
        Assert.Equal((2, TimeSpan.FromSeconds(30)), (unnamed.Settings.RestAfterFailures, unnamed.Settings.RestTime));
        Assert.Equal((5, TimeSpan.FromSeconds(9)), (fast.Settings.RestAfterFailures, fast.Settings.RestTime));
        Assert.Equal((null, null), (unnamed.Tiers[0].Timeout, unnamed.Expert.Timeout));
        Assert.Equal((TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(7)), (fast.Tiers[0].Timeout, fast.Expert.Timeout));
    }

    [Theory]
    [InlineData(Start.OfTheHost, "RestAfterFailures", "often")]
    [InlineData(Start.AtFirstUse, "RestAfterFailures", "often")]
    [InlineData(Start.OfTheHost, "Tiers:local:Threshold", "high")]
    [InlineData(Start.AtFirstUse, "Tiers:local:Threshold", "high")]
    [InlineData(Start.OfTheHost, "Tiers:local:Prices:PerCall", "free")]
    [InlineData(Start.AtFirstUse, "Tiers:local:Timeout", "soon")]
    [InlineData(Start.OfTheHost, "Tiers:local:KeepWhenValid", "maybe")]
    [InlineData(Start.OfTheHost, "Tiers:local:Confidence", "Guess")]
    [InlineData(Start.AtFirstUse, "Seed", "-1")]
    public async Task Nonsense_is_refused_and_named(Start start, string key, string value)
    {
        var failure = await start.ThrowsAsync<InvalidOperationException>(
            s =>
            {
                s.AddChatClient(_expert);
                s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(_small).KeepWhenValid()));
            },
            name: null,
            ($"LlmCascade:{key}", value));

        Assert.Contains($"LlmCascade:{key}", failure.Message, StringComparison.Ordinal);
    }

    private static (string Key, string? Value)[] Declared(string name, string? price = null) =>
    [
        ($"LlmCascade:Tiers:{name}:Client", "small"),
        ($"LlmCascade:Tiers:{name}:KeepWhenValid", "true"),
        .. price is null ? [] : new (string, string?)[]
        {
            ($"LlmCascade:Tiers:{name}:Prices:InputPerMillion", price),
            ($"LlmCascade:Tiers:{name}:Prices:OutputPerMillion", price),
        },
    ];

    private ServiceProvider Application(
        Action<CascadeBuilder> configure, params IReadOnlyList<(string Key, string? Value)> settings) => BuildServices(
            s =>
            {
                s.AddChatClient(_expert);
                s.AddLlmCascade(configure);
            },
            settings);

    private async Task<CascadeTrace> AskAsync(
        Action<CascadeBuilder> configure, params IReadOnlyList<(string Key, string? Value)> settings)
    {
        await using var services = Application(configure, settings);
        return (await services.GetRequiredService<IChatClient>().GetResponseAsync("?")).GetCascadeTrace()!;
    }
}
