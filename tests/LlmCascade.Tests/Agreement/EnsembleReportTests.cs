using LlmCascade.Agreement;
using LlmCascade.Calibration;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace LlmCascade.Tests.Agreement;

public sealed class EnsembleReportTests : AgreementTest
{
    [Fact]
    public async Task Members_that_make_the_same_mistakes_count_as_one()
    {
        // a and b are right and wrong together, c is right and wrong by itself.
        var report = await ReportOfAsync(["1 1 1", "1 1 0", "0 0 1", "0 0 0"]);

        Assert.Equal(["a", "b", "c"], report.Members);
        Assert.Equal((4, 4), (report.Requests, report.RequestsWithExpert));
        Assert.Equal([0.5, 0.5, 0.5], report.MatchRates);
        Assert.Equal(1, report.PairwiseAgreement[0, 1]);
        Assert.Equal(0.5, report.PairwiseAgreement[0, 2]);

        // Correlations 1, 0, 0: a mean of 1/3, and 3 / (1 + 2/3).
        Assert.Equal(1.8, report.EffectiveMembers!.Value, 9);
    }

    [Fact]
    public async Task Members_that_are_always_right_tell_nothing_about_their_mistakes() =>
        Assert.Null((await ReportOfAsync(["1 1 1", "1 1 1"])).EffectiveMembers);

    [Fact]
    public async Task What_audits_find_about_kept_answers_counts_as_well()
    {
        var services = new ServiceCollection();
        services.AddChatClient(new ScriptedChatClient("right"));
        List<Episode> episodes = [];
        List<EpisodeAddendum> addenda = [];
        services.AddLlmCascade(cascade => cascade
            .AddTier("ensemble", tier => tier
                .UseEnsemble(ensemble => ensemble.Add("a", new ScriptedChatClient("right")).Add("b", new ScriptedChatClient("right")))
                .DeferBelow(0.9))
            .Audit(1)
            .OnEpisode(episodes.Add)
            .OnAddendum(addenda.Add));
        await using (var provider = services.BuildServiceProvider())
        {
            await provider.GetRequiredService<IChatClient>().GetResponseAsync("question", cancellationToken: Token);
            while (addenda.Count == 0)
            {
                await Task.Delay(5, Token);
            }
        }

        Assert.Equal(0, (await EnsembleReport.CreateAsync(episodes, "ensemble", cancellationToken: Token)).RequestsWithExpert);
        var report = await EnsembleReport.CreateAsync(episodes, "ensemble", addenda: addenda, cancellationToken: Token);
        Assert.Equal((1, 1.0), (report.RequestsWithExpert, report.MatchRates[0]));
    }

    [Fact]
    public async Task Without_episodes_there_is_nothing_to_report()
    {
        var report = await EnsembleReport.CreateAsync([], "ensemble", cancellationToken: Token);

        Assert.Empty(report.Members);
        Assert.Equal((0, 0, null), (report.Requests, report.RequestsWithExpert, report.EffectiveMembers));
    }

    private static async Task<EnsembleReport> ReportOfAsync(string[] rows)
    {
        var recorder = new EpisodeRecorder();
        var members = new[] { "a", "b", "c" }.Select((name, i) =>
            new EnsembleMember(name, new ScriptedGenerator(request => request.Messages[0].Text.Split(' ')[i] == "1" ? "right" : "wrong")));
        var cascade = new Cascade(
            [new Tier("ensemble", new EnsembleGenerator(members, Exact()), Cascades.DeferAll)], Cascades.Expert("right"), new() { OnEpisode = recorder.Record });
        foreach (var row in rows)
        {
            await cascade.RunAsync(new GenerationRequest(row), cancellationToken: Token);
        }

        return await EnsembleReport.CreateAsync(recorder.Episodes, "ensemble", AgreementMeasure.SameText, cancellationToken: Token);
    }
}
