using LlmCascade.Testing;
using Xunit;

namespace LlmCascade.Tests.Strategies;

public sealed class StrategySavingTests : LearningTest
{
    public StrategySavingTests() => SmallTokens = 80;

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
    public async Task A_prompts_cost_is_a_token_for_four_characters_and_no_more_than_the_call_had()
    {
        await Repository.AddAsync(Make());
        await using var host = Start(tier => tier.Costs(1000m, 1m));

        await AskAsync(host, Query);
        var shown = Small.Calls[0].Messages[^1].Text.Length - Query.Length;

        Assert.True(shown / 4m < SmallTokens);
        Assert.Equal(1000m * shown / 4 / 1_000_000, Episodes[0].Root.Children[0].Generation!.Strategies!.PromptCost);
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
            tier => tier.Costs(1m, 1m).WithStrategies(strategies => strategies.HoldOutShare = 0.5),
            cascade => cascade.LearnStrategies(learning => learning.InSameCall = true)
                .Expert(expert => expert.UseChatClient(both)).ExpertCosts(1m, 10m));

        for (var i = 0; i < 20; i++)
        {
            await AskAsync(host, Query);
        }

        var saving = LearningOf(host).StrategyUplift.Saving!;
        Assert.Equal(1, LearningOf(host).Strategies.Distilled);
        // At most the whole call's tokens, for the one call in which the note was asked for.
        Assert.InRange(saving.Notes, 0.0002m, (200 * 1m / 1_000_000) + (40 * 10m / 1_000_000));
        Assert.DoesNotContain(both.Calls, IsDistillation);
    }

    [Fact]
    public async Task A_reply_that_is_thrown_away_is_charged_to_the_notes()
    {
        var neither = new ScriptedChatClient(_ => new ScriptedReply("45 days").WithUsage(200, 40));
        await using var host = Start(
            tier => tier.Costs(1m, 1m).WithStrategies(strategies => strategies.HoldOutShare = 0.5),
            cascade => cascade.LearnStrategies(learning => (learning.InSameCall, learning.Verify) = (true, (_, _) => new(false)))
                .Expert(expert => expert.UseChatClient(neither)).ExpertCosts(1m, 10m));
        await Repository.AddAsync(new Strategy(Scope, Other, "Of no use.", "expert"));

        for (var i = 0; i < 40; i++)
        {
            await AskAsync(host, Query);
        }

        const decimal Call = 0.0006m;
        var inVain = neither.Calls.Count - 40;
        Assert.InRange(inVain, 1, 5);
        Assert.Equal(inVain * Call, LearningOf(host).StrategyUplift.Saving!.Notes);
        Assert.Equal(0, LearningOf(host).StrategyUplift.Saving!.Gross);
    }
}
