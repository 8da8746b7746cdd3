using LlmCascade.Calibration;
using LlmCascade.Chat;
using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.EndToEnd;

[Trait("Category", "EndToEnd")]
public sealed class StepTests(LanguageModelServer server) : IClassFixture<LanguageModelServer>
{
    private const string Task = "A box holds 6 eggs. How many eggs do 4 boxes hold?";

    [Fact]
    public async Task A_real_model_writes_steps_one_line_at_a_time_and_is_stopped_at_each()
    {
        var episode = await WorkAsync(tier => tier.CheckSteps(StepIntrospector.Tokens(TokenConfidence.Minimum), check => check.ActivationThreshold = 1));

        var steps = episode.Answer!.Trajectory!.Steps;
        Assert.NotEmpty(steps);
        Assert.All(steps, step =>
        {
            Assert.DoesNotContain('\n', step.Text);
            Assert.InRange(step.Check!.ErrorProbability!.Value, 0.0001, 0.9999);
            Assert.True(step.Spent!.Value.IsUsageComplete);
        });
        Assert.Equal(episode.Root.Total().Usage.OutputTokenCount, steps.Sum(step => step.Spent!.Value.Usage.OutputTokenCount));
    }

    [Fact]
    public async Task A_real_model_is_asked_whether_its_step_is_wrong_and_its_yes_has_a_probability()
    {
        var judge = new ChatClientGenerator(WithProbabilities(alternatives: 20));

        var episode = await WorkAsync(tier => tier.CheckSteps(StepIntrospector.Asked(judge), check => check.ActivationThreshold = 1));

        var first = episode.Answer!.Trajectory!.Steps[0];
        Assert.InRange(first.Check!.ErrorProbability!.Value, 0.001, 0.999);
        var check = Assert.Single(episode.Root.Children[0].Children[0].Children[0].Children);
        Assert.Equal((AttemptRole.Judge, 1L), (check.Role, check.Usage!.OutputTokenCount));
    }

    private IChatClient WithProbabilities(int alternatives) => server.Client("weak").AsBuilder().UseOpenAILogProbabilities(alternatives).Build();

    private async Task<Episode> WorkAsync(Action<TierBuilder> check)
    {
        var recorder = new EpisodeRecorder();
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient(new ScriptedReply("Answer: 24").WithUsage(1, 1)));
        services.AddLlmCascade(cascade => cascade
            .AddTier("local", tier => check(tier.UseChatClient(WithProbabilities(alternatives: 0))))
            .StepByStep(steps => steps.MaxSteps = 4)
            .OnEpisode(recorder.Record));
        await using var provider = services.BuildServiceProvider();
        var options = new ChatOptions { MaxOutputTokens = 60, Temperature = 0 };
        await provider.GetRequiredService<IChatClient>().GetResponseAsync(Task, options, TestContext.Current.CancellationToken);
        return recorder.Only;
    }
}
