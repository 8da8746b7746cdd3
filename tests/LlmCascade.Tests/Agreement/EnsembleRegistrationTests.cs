using LlmCascade.Calibration;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class EnsembleRegistrationTests
{
    private readonly FakeLogCollector _logs = new();

    [Fact]
    public async Task A_tier_of_several_models_takes_a_few_lines()
    {
        using var host = Start(tier => tier
            .UseEnsemble(ensemble => ensemble
                .Add("a", new ScriptedChatClient("The answer is 45 days."))
                .Add("b", member => member.UseChatClient("keyed").Costs(perCall: 1).WithTimeout(TimeSpan.FromSeconds(5)))
                .Agree(agreement => agreement.Measure = AgreementMeasure.SameNumber))
            .DeferBelow(0.7));

        var response = await host.GetRequiredService<IChatClient>().GetResponseAsync("How long?", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains("45", response.Text);
        var trace = response.GetCascadeTrace()!.Attempts[0];
        Assert.Equal((1.0, "b", 2), (trace.Agreement, trace.SpokenBy, trace.Children!.Count));
        Assert.Equal(1m, trace.Children[1].Cost);
    }

    [Fact]
    public async Task A_tier_is_sampled_with_one_more_line()
    {
        var client = new ScriptedChatClient("45 days");
        using var host = Start(tier => tier.UseChatClient(client).WithSampling(3, agreement => agreement.Measure = AgreementMeasure.SameText).DeferBelow(0.9));

        var response = await host.GetRequiredService<IChatClient>().GetResponseAsync("How long?", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("45 days", response.Text);
        Assert.Equal(3, client.Calls.Count);
    }

    [Fact]
    public async Task Members_label_texts_and_vote()
    {
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient("ham"));
        services.AddLlmCascade(cascade => cascade
            .Classify("spam", "ham")
            .AddTier("trio", tier => tier
                .UseEnsemble(ensemble => ensemble
                    .Add("a", new ScriptedChatClient("It is spam."))
                    .Add("b", new ScriptedChatClient("spam"))
                    .Agree(agreement => agreement.Measure = AgreementMeasure.SameLabel))
                .DeferBelow(0.9)));
        using var host = services.BuildServiceProvider();

        var answer = await host.GetRequiredService<CascadeClassifier>().ClassifyAsync("Win a lamp!", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("spam", answer.Label);
    }

    [Theory]
    [InlineData("it has 1 member")]
    [InlineData("two members have the name 'A'")]
    [InlineData("member 'empty' has nobody to answer")]
    [InlineData("ClusterSimilarity: 0")]
    public void What_is_wrong_with_an_ensemble_is_told_at_start(string mistake)
    {
        var failure = Assert.ThrowsAny<OptionsValidationException>(() => Start(tier => tier
            .UseEnsemble(ensemble =>
            {
                ensemble.Add("A", new ScriptedChatClient("x"));
                _ = mistake[0] == 'i' ? ensemble : ensemble.Add("b", new ScriptedChatClient("x"));
                _ = mistake[0] == 't' ? ensemble.Add("a", new ScriptedChatClient("x")) : ensemble;
                _ = mistake[0] == 'm' ? ensemble.Add("empty", _ => { }) : ensemble;
                ensemble.Agree(agreement => agreement.ClusterSimilarity = mistake[0] == 'C' ? 0 : 0.5);
            })
            .DeferBelow(0.7)).GetRequiredService<IChatClient>());

        Assert.Contains($"Tier 'ensemble', .UseEnsemble(…): {mistake}", failure.Message);
    }

    [Fact]
    public void Two_confidences_are_one_too_many()
    {
        var failure = Assert.ThrowsAny<OptionsValidationException>(() => Start(tier => tier
            .UseChatClient(new ScriptedChatClient("x")).WithSampling(3).WithTokenConfidence().DeferBelow(0.7)).GetRequiredService<IChatClient>());

        Assert.Contains(".WithSampling(…), whose agreement is the confidence", failure.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Start(tier => tier.WithSampling(1)).GetRequiredService<IChatClient>());
    }

    [Theory]
    [InlineData(1, 2, false)]
    [InlineData(2, 2, true)]
    public void An_ensemble_that_can_save_nothing_is_reported(decimal a, decimal b, bool isTold)
    {
        using var host = Start(
            tier => tier
                .UseEnsemble(ensemble => ensemble
                    .Add("a", member => member.UseChatClient(new ScriptedChatClient("x")).Costs(a, a))
                    .Add("b", member => member.UseChatClient(new ScriptedChatClient("x")).Costs(b, b)))
                .DeferBelow(0.7),
            cascade => cascade.ExpertCosts(4, 4));
        _ = host.GetRequiredService<IChatClient>();

        Assert.Equal(isTold, _logs.GetSnapshot().Any(record => record.Level == LogLevel.Warning && record.Message.Contains("they save nothing", StringComparison.Ordinal)));
    }

    [Fact]
    public void Function_invocation_inside_a_member_is_reported()
    {
        var invoking = new ScriptedChatClient("x").AsBuilder().UseFunctionInvocation().Build();

        var failure = Assert.ThrowsAny<OptionsValidationException>(() => Start(tier => tier
            .UseEnsemble(ensemble => ensemble.Add("a", invoking).Add("b", new ScriptedChatClient("x"))).DeferBelow(0.7)).GetRequiredService<IChatClient>());

        Assert.Contains("invokes functions itself", failure.Message);
    }

    private ServiceProvider Start(Action<TierBuilder> configure, Action<CascadeBuilder>? more = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(_logs)));
        services.AddKeyedChatClient("keyed", new ScriptedChatClient("45"));
        services.AddChatClient(new ScriptedChatClient("expert"));
        services.AddLlmCascade(cascade =>
        {
            cascade.AddTier("ensemble", configure);
            more?.Invoke(cascade);
        });
        return services.BuildServiceProvider();
    }
}
