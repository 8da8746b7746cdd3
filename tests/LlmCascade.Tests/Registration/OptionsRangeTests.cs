using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;
using static LlmCascade.Tests.Registration.Starting;

namespace LlmCascade.Tests.Registration;

public sealed class OptionsRangeTests
{
    public static TheoryData<Start, string, string> OutOfRange { get; } = new(
        from start in Enum.GetValues<Start>()
        from setting in new (string Key, string Value)[]
        {
            ("Timeout", "00:00:00"),
            ("Timeout", "25.00:00:00"),
            ("GraceTime", "-00:00:01"),
            ("GraceTime", "25.00:00:00"),
            ("RestAfterFailures", "0"),
            ("RestTime", "00:00:00"),
            ("RestTime", "25.00:00:00"),
            ("Expert:Timeout", "00:00:00"),
            ("Expert:Timeout", "25.00:00:00"),
            ("Expert:Prices:PerCall", "-1"),
            ("Expert:Prices:InputPerMillion", "1"),
            ("Tiers:local:Threshold", "0"),
            ("Tiers:local:Threshold", "1.1"),
            ("Tiers:local:Threshold", "NaN"),
            ("Tiers:local:Exploration", "-0.1"),
            ("Tiers:local:Exploration", "1.1"),
            ("Tiers:local:Timeout", "00:00:00"),
            ("Tiers:local:Timeout", "25.00:00:00"),
            ("Tiers:local:Prices:PerCall", "-1"),
            ("Tiers:local:Prices:OutputPerMillion", "1"),
            ("Tiers:local:Prices:CachedInputPerMillion", "1"),
            ("Tiers:local:Model", ""),
            ("Tiers:local:Client", " "),
            ("Expert:Model", " "),
        }
        select (start, setting.Key, setting.Value));

    [Theory, MemberData(nameof(OutOfRange))]
    public async Task A_value_out_of_range_is_refused_and_named(Start start, string key, string value)
    {
        var mistake = await start.ThrowsAsync<OptionsValidationException>(Register, name: null, ($"LlmCascade:{key}", value));

        var failure = Assert.Single(mistake.Failures);
        Assert.All(key.Split(':'), part => Assert.Contains(
            part.EndsWith("PerMillion", StringComparison.Ordinal) ? "Prices" : part, failure, StringComparison.OrdinalIgnoreCase));
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task All_values_out_of_range_are_told_at_once(Start start)
    {
        var message = await start.FailsAsync(
            Register,
            ("LlmCascade:Timeout", "00:00:00"),
            ("LlmCascade:RestAfterFailures", "0"),
            ("LlmCascade:Expert:Timeout", "00:00:00"),
            ("LlmCascade:Tiers:local:Threshold", "2"),
            ("LlmCascade:Tiers:local:Prices:PerCall", "-1"));

        string[] expected = ["Timeout: 00:00:00", "RestAfterFailures", "Expert:Timeout", "Threshold", "Tiers:local:Prices"];
        Assert.All(expected, text => Assert.Contains(text, message, StringComparison.Ordinal));
    }

    [Theory, ClassData(typeof(EitherStart))]
    public async Task A_value_that_code_sets_out_of_range_is_refused(Start start)
    {
        var message = await start.FailsAsync(s =>
        {
            s.AddChatClient(Client());
            s.AddLlmCascade(cascade => cascade
                .AddTier("local", tier => tier.UseChatClient(Client()).KeepWhenValid())
                .Configure(options => options.RestAfterFailures = -1));
        });

        Assert.Contains("RestAfterFailures", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ends_of_the_ranges_are_inside()
    {
        await using var services = BuildServices(
            s =>
            {
                s.AddChatClient(Client());
                s.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier
                    .UseChatClient(Client()).WithConfidence(_ => Confidence.Measured(1))));
            },
            ("LlmCascade:Timeout", "24.00:00:00"),
            ("LlmCascade:GraceTime", "00:00:00.001"),
            ("LlmCascade:RestAfterFailures", "1"),
            ("LlmCascade:Tiers:local:Threshold", "1"),
            ("LlmCascade:Tiers:local:Exploration", "0"),
            ("LlmCascade:Tiers:local:Timeout", "24.00:00:00"),
            ("LlmCascade:Tiers:local:Prices:PerCall", "0"));

        Assert.Equal("Paris", (await services.GetRequiredService<IChatClient>().GetResponseAsync("?")).Text);
    }

    [Fact]
    public void Values_that_a_builder_is_given_are_checked_at_once()
    {
        var services = new ServiceCollection();

        services.AddLlmCascade(cascade => cascade.AddTier("local", tier =>
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => tier.DeferBelow(0));
            Assert.Throws<ArgumentOutOfRangeException>(() => tier.DeferBelow(1.1));
            Assert.Throws<ArgumentOutOfRangeException>(() => tier.Explore(-0.1));
            Assert.Throws<ArgumentOutOfRangeException>(() => tier.WithTimeout(TimeSpan.Zero));
            Assert.Throws<ArgumentOutOfRangeException>(() => tier.WithTimeout(TimeSpan.MaxValue));
            Assert.Throws<ArgumentOutOfRangeException>(() => tier.Costs(perCall: -1));
            Assert.Throws<ArgumentException>(() => tier.Costs(inputPerMillion: 1));
            Assert.Throws<ArgumentException>(() => tier.UseModel(" "));
            Assert.Throws<ArgumentException>(() => tier.UseChatClient(" "));
            Assert.Throws<ArgumentException>(() => cascade.AddTier(" ", _ => { }));
            Assert.Throws<ArgumentException>(() => cascade.Expert(expert => expert.WithName("")));
        }));
    }

    private static void Register(IServiceCollection services)
    {
        services.AddChatClient(Client());
        services.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier
            .UseChatClient(Client()).WithConfidence(_ => Confidence.Measured(1)).KeepWhen(_ => true)));
    }
}
