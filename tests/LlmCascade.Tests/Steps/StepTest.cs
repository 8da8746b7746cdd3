using LlmCascade.Steps;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.Steps;

/// <summary>Models that work step by step, and what every test of steps needs.</summary>
public abstract class StepTest
{
    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Finds a step suspect that says so.</summary>
    protected static IStepIntrospector SuspectsWhatSaysWrong { get; } = new SaidIntrospector(text => text.Contains("wrong", StringComparison.Ordinal) ? 0.9 : 0.1);

    /// <summary>Makes a model that says one text for each step; a redo says the one after the bar.</summary>
    protected static ScriptedChatClient Writer(params string[] steps) => new(call =>
    {
        var versions = steps[Math.Min(StepsIn(call), steps.Length - 1)].Split('|');
        return new ScriptedReply(IsRedo(call) ? versions[^1] : versions[0]).WithUsage(10, 5);
    });

    protected static int StepsIn(ScriptedCall call) =>
        call.Messages.LastOrDefault(message => message.Role == ChatRole.Assistant)?.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length ?? 0;

    protected static bool IsRedo(ScriptedCall call) => call.Messages[^1].Text.Contains("is doubted", StringComparison.Ordinal);

    protected static async Task<Worked> WorkAsync(
        IChatClient local,
        IChatClient cloud,
        Action<StepwiseOptions>? steps = null,
        Action<TierBuilder>? tier = null,
        Action<CascadeBuilder>? cascade = null,
        ChatOptions? options = null,
        bool isStreaming = false)
    {
        var recorder = new EpisodeRecorder();
        var services = new ServiceCollection();
        services.AddChatClient(cloud);
        services.AddLlmCascade(builder =>
        {
            builder
                .AddTier("local", own =>
                {
                    own.UseChatClient(local).Costs(inputPerMillion: 1, outputPerMillion: 1);
                    if (tier is null)
                    {
                        own.CheckSteps(SuspectsWhatSaysWrong);
                    }

                    tier?.Invoke(own);
                })
                .ExpertCosts(inputPerMillion: 30, outputPerMillion: 30)
                .StepByStep(steps)
                .OnEpisode(recorder.Record);
            cascade?.Invoke(builder);
        });
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();
        List<string> shown = [];
        ChatResponse response;
        if (isStreaming)
        {
            List<ChatResponseUpdate> updates = [];
            await foreach (var update in client.GetStreamingResponseAsync("Do the task.", options, Token))
            {
                updates.Add(update);
                shown.AddRange(update.Text.Length > 0 ? [update.Text] : []);
            }

            response = updates.ToChatResponse();
        }
        else
        {
            response = await client.GetResponseAsync("Do the task.", options, Token);
        }

        return new Worked(response, recorder.Episodes.Count == 1 ? recorder.Only : null!, shown);
    }

    protected sealed record Worked(ChatResponse Response, Episode Episode, IReadOnlyList<string> Shown)
    {
        public Trajectory Trajectory => Episode.Answer!.Trajectory!;

        public IEnumerable<string> Authors => Trajectory.Steps.Select(step => step.Author);
    }

    protected sealed class SaidIntrospector(Func<string, double?> judge, bool canClear = true) : IStepIntrospector
    {
        public string Id => "said-v1";

        public bool CanClear => canClear;

        public ValueTask<StepCheck> CheckAsync(GenerationRequest request, Generation step, AttemptContext? context, CancellationToken cancellationToken) =>
            new(new StepCheck(Id) { ErrorProbability = judge(step.Response.Text), Explanation = "it says so itself" });
    }
}
