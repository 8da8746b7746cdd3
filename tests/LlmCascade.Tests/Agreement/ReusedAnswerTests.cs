using LlmCascade.Agreement;
using LlmCascade.Chat;
using LlmCascade.Escalation;
using LlmCascade.Testing;
using Xunit;

namespace LlmCascade.Tests.Agreement;

/// <summary>A model that sits on several levels of a cascade.</summary>
public sealed class ReusedAnswerTests : AgreementTest, IDisposable
{
    private readonly ScriptedChatClient _shared = new(new ScriptedReply("45 days").WithUsage(10, 5));

    public void Dispose() => _shared.Dispose();

    [Fact]
    public async Task Members_of_one_ensemble_that_share_a_client_are_both_asked()
    {
        var ensemble = new EnsembleGenerator([Of("a"), Of("b")], Exact());
        for (var i = 1; i <= 20; i++)
        {
            await AskAsync(ensemble, 0.5);
            Assert.Equal(2 * i, _shared.Calls.Count);
        }
    }

    [Fact]
    public async Task A_model_on_two_levels_is_asked_once()
    {
        var first = new EnsembleGenerator([Of("shared"), Member("small", "30 days")], Exact());
        var second = new EnsembleGenerator([Of("shared again"), Member("larger", "45 days")], Exact());

        var episode = await AskAsync(second, 0.5, before: new Tier("first", first, new LlmCascade.Deferral.ThresholdPolicy(0.5)));

        Assert.Equal("45 days", episode.Answer!.Response.Text);
        Assert.Single(_shared.Calls);
        Assert.Equal(["shared again: reused", "larger: compared"], Told(episode));
        Assert.Null(EnsembleOf(episode).Children[0].Usage);
        Assert.Equal(10, episode.Root.Total().Usage.InputTokenCount);
    }

    [Fact]
    public async Task The_answer_of_a_tier_before_serves_the_ensemble_after_it()
    {
        var ensemble = new EnsembleGenerator([Of("shared"), Member("other", "45 days")], Exact());

        var episode = await AskAsync(ensemble, 0.5, before: new Tier("alone", new ChatClientGenerator(_shared), Cascades.DeferAll));

        Assert.Single(_shared.Calls);
        Assert.Equal("shared: reused", Told(episode).First());
    }

    [Fact]
    public async Task Another_model_or_other_options_of_the_same_client_are_asked()
    {
        var ensemble = new EnsembleGenerator(
            [new("warm", new ChatClientGenerator(_shared) { Configure = options => options.Temperature = 1 }), new("named", new ChatClientGenerator(_shared) { ModelId = "large" })], Exact());

        await AskAsync(ensemble, 0.5, before: new Tier("alone", new ChatClientGenerator(_shared), Cascades.DeferAll));

        Assert.Equal(3, _shared.Calls.Count);
    }

    [Fact]
    public async Task An_answer_that_failed_is_asked_for_again()
    {
        var flaky = new ScriptedChatClient(ScriptedReply.Throws(new HttpRequestException("down")), "45 days");
        var ensemble = new EnsembleGenerator([new("flaky", new ChatClientGenerator(flaky)), Member("other", "45 days")], Exact());

        var episode = await AskAsync(ensemble, 0.5, before: new Tier("alone", new ChatClientGenerator(flaky), Cascades.KeepAll));

        Assert.Equal("45 days", episode.Answer!.Response.Text);
        Assert.Equal(2, flaky.Calls.Count);
    }

    [Fact]
    public async Task Answers_are_never_taken_from_another_request()
    {
        var ensemble = new EnsembleGenerator([Of("shared"), Member("other", "45 days")], Exact());

        await AskAsync(ensemble, 0.5);
        await AskAsync(ensemble, 0.5);

        Assert.Equal(2, _shared.Calls.Count);
    }

    private EnsembleMember Of(string name) => new(name, new ChatClientGenerator(_shared));
}
