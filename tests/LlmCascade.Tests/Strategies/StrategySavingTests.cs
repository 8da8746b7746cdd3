using LlmCascade.Testing;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class StrategySavingTests : LearningTest
{
    public StrategySavingTests() => SmallTokens = 50;

    [Fact]
    public async Task What_is_saved_is_the_gain_in_kept_answers_at_the_price_of_a_call_less_prompts_notes_and_embeddings()
    {
        await using var host = Start(
            tier => tier.Costs(1m, 1m).WithStrategies(strategies => strategies.HoldOutShare = 0.5),
            cascade => cascade.LearnStrategies(learning => learning.EmbeddingPerMillion = 1000));
        for (var i = 0; i < 100; i++)
        {
            await AskAsync(host, i % 2 == 0 ? Query : Other);
        }

        var uplift = LearningOf(host).StrategyUplift;
        var saving = uplift.Saving!;
        Assert.Equal(1, uplift.KeptShare.Value);
        Assert.Equal(2m * uplift.Shown.Answers, saving.Gross);
        Assert.True(saving.GrossLow < saving.Gross && saving.GrossHigh == saving.Gross);
        Assert.Equal(2m * LearningOf(host).Strategies.Distilled, saving.Notes);

        var uses = Episodes.Select(episode => episode.Root.Children[0].Generation!.Strategies!).ToArray();
        Assert.Equal(uses.Sum(use => use.PromptCost!.Value), saving.Prompts);
        Assert.All(uses, use => Assert.Equal(use.AreShown, use.PromptCost > 0));

        // Each request's question once; those that a note might have been written for a second time.
        var once = Episodes.Sum(episode => episode.Request.Query.Length) / 4m * 1000 / 1_000_000;
        Assert.InRange(saving.Embeddings, once, 2 * once);
        Assert.Equal(saving.Gross - saving.Prompts - saving.Notes - saving.Embeddings, saving.Net);
    }

    [Fact]
    public async Task A_prompts_cost_is_the_strategies_share_of_its_characters()
    {
        await Repository.AddAsync(Make());
        await using var host = Start(tier => tier.Costs(1000m, 1m));

        await AskAsync(host, Query);

        var use = Episodes[0].Root.Children[0].Generation!.Strategies!;
        var prompt = Small.Calls[0].Messages[^1].Text;
        var shown = prompt[..^Query.Length];
        Assert.Equal(1000m * 50 * shown.Length / prompt.Length / 1_000_000, use.PromptCost!.Value, 12);
    }

    [Fact]
    public async Task Without_prices_or_without_a_hold_out_nothing_is_claimed()
    {
        await Repository.AddAsync(Make());
        await using var unpriced = Start();
        await AskAsync(unpriced, Query);

        Assert.Null(Episodes[0].Root.Children[0].Generation!.Strategies!.PromptCost);
        Assert.Null(LearningOf(unpriced).StrategyUplift.Saving);
    }

    [Fact]
    public async Task A_note_in_the_same_call_is_charged_by_its_share()
    {
        var both = new ScriptedChatClient(_ => new ScriptedReply("""{"answer": "45 days", "note": "Broken goods go back within 45 days."}""").WithUsage(200, 40));
        await using var host = Start(
            tier => tier.WithStrategies(strategies => strategies.HoldOutShare = 0.5),
            cascade => cascade.LearnStrategies(learning => learning.InSameCall = true)
                .Expert(expert => expert.UseChatClient(both)).ExpertCosts(1m, 10m));

        for (var i = 0; i < 20; i++)
        {
            await AskAsync(host, Query);
        }

        var saving = LearningOf(host).StrategyUplift.Saving!;
        Assert.Equal(1, LearningOf(host).Strategies.Distilled);
        Assert.InRange(saving.Notes, 0.0003m, 20 * 0.0006m);
        Assert.DoesNotContain(both.Calls, IsDistillation);
    }
}
