using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.EndToEnd;

[Trait("Category", "EndToEnd")]
public sealed class RealModelTests(LanguageModelServer server) : IClassFixture<LanguageModelServer>
{
    private static readonly ChatOptions _brief = new()
    {
        Instructions = "Answer the question in one short sentence.",
        Temperature = 0,
        MaxOutputTokens = 40,
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_kept_answer_is_the_models_own_word_for_word(bool isStreaming)
    {
        var alone = await server.Client("weak").GetResponseAsync("What is the capital of France?", _brief);

        var response = await AskAsync(Build(tier => tier.KeepWhen(_ => true)), isStreaming);

        Assert.Equal(alone.Text, response.Text);
        Assert.Equal("small", response.GetCascadeTrace()?.AnsweredBy);
        Assert.Equal(alone.Usage?.InputTokenCount, response.Usage?.InputTokenCount);
        Assert.Equal(alone.Usage?.OutputTokenCount, response.Usage?.OutputTokenCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rejected_answer_is_paid_for_and_the_expert_answers(bool isStreaming)
    {
        var response = await AskAsync(Build(tier => tier.DeferWhen(_ => true, "always").KeepWhenValid()), isStreaming);

        var trace = response.GetCascadeTrace()!;
        Assert.Equal("expert", trace.AnsweredBy);
        Assert.Equal(["always", "expert"], trace.Attempts.Select(attempt => attempt.Reason));
        Assert.All(trace.Attempts, attempt => Assert.Equal(UsageState.Reported, attempt.UsageState));
        Assert.Equal(trace.Attempts.Sum(attempt => attempt.OutputTokens), response.Usage?.OutputTokenCount);
        Assert.False(trace.IsCostIncomplete);
        Assert.True(trace.Attempts[0].Cost > 0 && trace.Attempts[1].Cost > trace.Attempts[0].Cost);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_cut_at_its_token_limit_is_deferred(bool isStreaming)
    {
        var response = await AskAsync(Build(tier => tier.WithOptions(options => options.MaxOutputTokens = 3).KeepWhenValid()), isStreaming);

        Assert.Equal(["truncated", "expert"], response.GetCascadeTrace()!.Attempts.Select(attempt => attempt.Reason));
    }

    [Theory]
    [InlineData("429", false, "failed")]
    [InlineData("500", false, "failed")]
    [InlineData("garbage", false, "failed")]
    [InlineData("disconnect", false, "failed")]
    [InlineData("timeout", false, "timed-out")]
    [InlineData("500", true, "failed")]
    [InlineData("disconnect", true, "failed")]
    [InlineData("timeout", true, "timed-out")]
    public async Task A_fault_of_the_small_model_costs_money_but_not_the_answer(string fault, bool isStreaming, string reason)
    {
        var client = Build(tier => tier.UseChatClient(server.Client("weak", fault)).WithTimeout(TimeSpan.FromSeconds(2)).KeepWhenValid());

        var response = await AskAsync(client, isStreaming);

        Assert.Equal([reason, "expert"], response.GetCascadeTrace()!.Attempts.Select(attempt => attempt.Reason));
        Assert.Contains("Paris", response.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_fault_of_the_expert_throws_with_every_attempt(bool isStreaming)
    {
        var client = Build(tier => tier.DeferWhen(_ => true).KeepWhenValid(), server.Client("strong", "disconnect"));

        var exception = await Assert.ThrowsAsync<CascadeException>(() => AskAsync(client, isStreaming));

        Assert.Equal(["small: condition", "expert: failed"], exception.Attempts.Select(attempt => $"{attempt.Name}: {attempt.Verdict.Reason}"));
        Assert.NotNull(exception.InnerException);
    }

    [Fact]
    public async Task A_consumer_that_stops_early_frees_the_server()
    {
        var client = Build(tier => tier.KeepWhenValid());
        var options = new ChatOptions { MaxOutputTokens = 1500 }.WithCascade(request => request.ForceExpert());
        await foreach (var update in client.GetStreamingResponseAsync("Tell me a very long story.", options))
        {
            if (update.Text.Length > 0)
            {
                break;
            }
        }

        await server.WaitUntilIdleAsync();
    }

    [Fact]
    public async Task A_schema_is_held_by_the_model_and_checked_by_the_cascade()
    {
        var client = Build(tier => tier.KeepWhenValid());

        var response = await client.GetResponseAsync<City>(
            "Name the capital of France as JSON.", new ChatOptions { Temperature = 0, MaxOutputTokens = 60 });

        Assert.NotEmpty(response.Result.Name);
        Assert.Equal("small", response.GetCascadeTrace()?.AnsweredBy);
    }

    private static async Task<ChatResponse> AskAsync(IChatClient client, bool isStreaming) => isStreaming
        ? await client.GetStreamingResponseAsync("What is the capital of France?", _brief).ToChatResponseAsync()
        : await client.GetResponseAsync("What is the capital of France?", _brief);

    private IChatClient Build(Action<TierBuilder> configure, IChatClient? expert = null)
    {
        var services = new ServiceCollection();
        services.AddChatClient(expert ?? server.Client("strong"));
        services.AddLlmCascade(cascade => cascade
            .AddTier("small", tier => configure(tier.UseChatClient(server.Client("weak")).Costs(0.1m, 0.4m)))
            .ExpertCosts(2.5m, 10m));
        return services.BuildServiceProvider().GetRequiredService<IChatClient>();
    }

    private sealed record City(string Name);
}
