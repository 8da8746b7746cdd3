using LlmCascade.Calibration;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.Steps;

public sealed class StepRegistrationTests : StepTest
{
    [Fact]
    public async Task A_calibrator_that_nobody_teaches_is_reported_at_start()
    {
        var introspector = StepIntrospector.FirstCertain(StepIntrospector.Arithmetic, new StepCalibrator().Calibrate(SuspectsWhatSaysWrong));

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => WorkAsync(Writer("?"), Writer("?"), tier: tier => tier.CheckSteps(introspector)));

        Assert.Contains("nobody teaches", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_calibrator_that_calibrates_nothing_is_reported_at_start()
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => WorkAsync(Writer("?"), Writer("?"), cascade: cascade => cascade.AddLearner(new StepCalibrator())));

        Assert.Contains("calibrates nothing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_calibrator_learns_from_suspect_steps_and_from_audited_ones()
    {
        var calibrator = new StepCalibrator(options: new StepCalibratorOptions { MinimumLessons = 20 });
        var random = new Random(3);
        var local = new ScriptedChatClient(_ => random.Next(2) == 0 ? "Answer: 7, surely" : "Answer: 8, perhaps");
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient("Answer: 7"));
        services.AddLlmCascade(cascade => cascade
            .AddTier("local", tier => tier.UseChatClient(local).CheckSteps(calibrator.Calibrate(new SaidIntrospector(text => text.Contains("perhaps", StringComparison.Ordinal) ? 0.4 : 0.3))))
            .StepByStep()
            .Audit(1)
            .AddLearner(calibrator));
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();

        for (var i = 0; i < 60; i++)
        {
            await client.GetResponseAsync("How many?", cancellationToken: Token);
            await provider.GetRequiredService<CascadeLearning>().SettleAsync(Token);
        }

        Assert.Equal(60, calibrator.Lessons);
        var answers = Enumerable.Range(0, 10).Select(async _ => (await client.GetResponseAsync("How many?", cancellationToken: Token)).Text);
        Assert.All(await Task.WhenAll(answers), answer => Assert.StartsWith("Answer: 7", answer, StringComparison.Ordinal));
    }

    [Fact]
    public void A_cascade_without_tiers_cannot_work_step_by_step() =>
        Assert.Throws<ArgumentException>(() => StepwiseCascade.Create(new Cascade([], Cascades.Expert("?"))));

    [Fact]
    public void A_tier_whose_steps_nobody_could_keep_is_refused()
    {
        var local = new IntrospectedGenerator(new ScriptedGenerator("one"), StepIntrospector.Arithmetic);

        var failure = Assert.Throws<ArgumentException>(() => StepwiseCascade.Create(new Cascade([new Tier("local", local, new StepPolicy())], Cascades.Expert("?"))));

        Assert.Contains("KeepTheRest", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_redactor_around_a_step_writer_is_refused() => Assert.Throws<ArgumentException>(() => StepwiseCascade.Create(new Cascade(
        [new Tier("local", new ScriptedGenerator("one"), Cascades.KeepAll)], new Expert(new RedactingGenerator(new StepWriter(new ScriptedGenerator("one")), text => text)))));

    [Theory]
    [InlineData(StepMode.SelfReflection)]
    [InlineData(StepMode.Hint)]
    [InlineData(StepMode.LocalOnly)]
    public async Task Irreversible_tools_need_a_mode_in_which_somebody_checks(StepMode mode)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => WorkAsync(Writer("?"), Writer("?"), steps => steps.Mode = mode, cascade: cascade => cascade.IrreversibleTools("destroy")));

        Assert.Contains("Irreversible tools", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_could_never_tell_is_reported_at_start()
    {
        foreach (var (introspector, way) in new[]
        {
            (StepIntrospector.FirstCertain(StepIntrospector.Arithmetic, StepIntrospector.Asked(new ChatClientGenerator(new PlainClient()))), "topAlternatives"),
            (StepIntrospector.Tokens(TokenConfidence.Minimum), "UseTokenLogProbabilities"),
            (StepIntrospector.Disagreement, "WithSampling"),
        })
        {
            var failure = await Assert.ThrowsAnyAsync<Exception>(() => WorkAsync(new PlainClient(), Writer("?"), tier: tier => tier.CheckSteps(introspector)));
            Assert.Contains(way, failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Modes_that_are_switched_live_hold_for_steps_too()
    {
        var local = Writer("one", "Answer: 2");
        var services = new ServiceCollection();
        services.AddChatClient(Writer("one by the expert", "Answer: 2 by the expert"));
        services.AddLlmCascade(cascade => cascade.AddTier("local", tier => tier.UseChatClient(local).CheckSteps(SuspectsWhatSaysWrong)).StepByStep());
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();

        client.GetService<CascadeChatClient>()!.Cascade.Mode = CascadeMode.ExpertOnly;

        Assert.Equal("one by the expert\nAnswer: 2 by the expert", (await client.GetResponseAsync("Do it.", cancellationToken: Token)).Text);
        Assert.Empty(local.Calls);
    }

    [Fact]
    public async Task The_clients_of_tiers_are_found_through_what_stands_around_them()
    {
        var (local, expert) = (Writer("?"), Writer("?"));
        var services = new ServiceCollection();
        services.AddChatClient(expert);
        services.AddLlmCascade(cascade => cascade
            .AddTier("local", tier => tier.UseChatClient(local).CheckSteps(SuspectsWhatSaysWrong))
            .Expert(own => own.Redact(text => text))
            .StepByStep());
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();

        Assert.Same(local, client.GetService<ScriptedChatClient>("local"));
        Assert.Same(expert, client.GetService<ScriptedChatClient>("expert"));
        Assert.Equal(["local"], client.GetService<Cascade>()!.GetHealth().Tiers.Select(tier => tier.Name));
    }

    [Fact]
    public async Task A_generator_that_asks_no_model_may_read_the_trajectory_itself()
    {
        var steps = new Cascade([new Tier("counter", new Counter(), Cascades.KeepAll)], Cascades.Expert("?"));

        var result = await new Cascade([], new Expert(new StepwiseGenerator(steps))).RunAsync(Cascades.Question, cancellationToken: Token);

        Assert.Equal("step 0\nstep 1\nAnswer: 2", result.Generation.Response.Text);
    }

    private sealed class PlainClient : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) => throw new NotSupportedException();

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey) => null;

        public void Dispose()
        {
        }
    }

    private sealed class Counter : IGenerator
    {
        public ValueTask<Generation> GenerateAsync(GenerationRequest request, AttemptContext context, CancellationToken cancellationToken)
        {
            var count = request.Trajectory!.Steps.Length;
            return new(new Generation(new ChatResponse(new ChatMessage(ChatRole.Assistant, count < 2 ? $"step {count}" : "Answer: 2"))));
        }
    }
}
